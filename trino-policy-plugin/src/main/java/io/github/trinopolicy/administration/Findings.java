package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.BundleErrors;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.policy.PolicyTextException;
import java.util.Optional;

/// Reports what is wrong with one object, at its place in the bundle where it stands there.
record Findings(PolicyObject object, Optional<BundleDocument> document, BundleErrors errors) {
    Findings {
        requireNonNull(object, "object is null");
        requireNonNull(document, "document is null");
        requireNonNull(errors, "errors is null");
    }

    /// @param path of the part within the document, such as `grant.to`
    void report(String path, String message) {
        errors.add(document.flatMap(bundled -> bundled.source().position(path)), "%s: %s".formatted(name(), message));
    }

    void report(String path, Optional<String> message) {
        message.ifPresent(text -> report(path, text));
    }

    /// @param path of the text within the document
    void report(String path, PolicyTextException failure) {
        errors.add(document.flatMap(bundled -> bundled.source().position(path, failure.line(), failure.column())),
                "%s: %s".formatted(name(), failure.getMessage()));
    }

    private String name() {
        return "%s %s%s".formatted(object.kind().documentName(), Wording.quoted(object.name()),
                document.isPresent() ? "" : " (not in this bundle)");
    }
}
