package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.bundle.Position;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.PolicyObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The documents of several files, which are right in their form and of which no two speak of one object.
record BundleSet(List<Part> parts) {
    /// The documents of one file, in their order.
    record Part(BundleText text, List<BundleDocument> documents) {
        Part {
            requireNonNull(text, "text is null");
            documents = ImmutableList.copyOf(documents);
        }
    }

    private record Identity(Kind kind, String name) {}

    BundleSet {
        parts = ImmutableList.copyOf(parts);
    }

    /// @throws CommandFailure with everything that is wrong with the form of the files, and when they hold no document at all
    static BundleSet read(List<BundleText> texts) {
        BundleReader reader = new BundleReader();
        List<Problem> problems = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        Map<Identity, Place> seen = new HashMap<>();
        for (BundleText text : texts) {
            try {
                Part part = new Part(text, reader.read(text.text()));
                parts.add(part);
                for (BundleDocument document : part.documents()) {
                    PolicyObject object = document.object();
                    Place place = new Place(text.file(), document.position().orElse(new Position(1, 1)));
                    Place earlier = seen.putIfAbsent(new Identity(object.kind(), object.name()), place);
                    if (earlier != null) {
                        problems.add(Problem.at(place, "%s %s stands twice, first at %s".formatted(object.kind().documentName(),
                                Wording.quoted(object.name()), earlier)));
                    }
                }
            }
            catch (BundleException e) {
                e.errors().forEach(error -> problems.add(Problem.of(text.file(), error.position(),
                        PlacesInMessages.replace(error.message(), position -> new Place(text.file(), position).toString()))));
                if (e.omitted() > 0) {
                    problems.add(Problem.of(text.file(), Optional.empty(), "and %s more errors".formatted(e.omitted())));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw CommandFailure.ofProblems(problems);
        }
        if (seen.isEmpty()) {
            throw new CommandFailure("there is no document in what is named");
        }
        return new BundleSet(parts);
    }

    List<PolicyObject> objects(Kind kind) {
        return parts.stream().flatMap(part -> part.documents().stream()).map(BundleDocument::object)
                .filter(object -> object.kind() == kind).collect(ImmutableList.toImmutableList());
    }

    int size() {
        return parts.stream().mapToInt(part -> part.documents().size()).sum();
    }
}
