package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.BundleErrors;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.bundle.DeclaredNames;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Project;
import io.trino.spi.type.TypeManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Checks the whole of what the store would hold after a change, so that no change leaves a reference without its target.
final class ChangeValidator {
    private final MaskCatalogue catalogue;
    private final TypeManager typeManager;

    ChangeValidator(MaskCatalogue catalogue, TypeManager typeManager) {
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.typeManager = requireNonNull(typeManager, "typeManager is null");
    }

    private record Identity(Kind kind, String name) {
        private static Identity of(PolicyObject object) {
            return new Identity(object.kind(), object.name());
        }
    }

    /// @param before everything as it was
    /// @param after the image, compiled
    /// @param documents those of the bundle, for the places of errors
    /// @param described the real columns of tables of which something new is said; empty for one that does not exist
    /// @param errors what was found before
    /// @throws BundleException with everything that is wrong
    void check(StoreImage image, PolicySnapshot before, PolicySnapshot after, List<BundleDocument> documents,
            Map<ObjectName, Optional<List<Column>>> described, BundleErrors errors) {
        Map<Identity, BundleDocument> bundled = new HashMap<>();
        documents.forEach(document -> bundled.put(Identity.of(document.object()), document));
        RegisteredObjects registered = new RegisteredObjects(after);
        DeclaredNames names = new DeclaredNames(after::objectsOf);
        ObjectValidator objects = new ObjectValidator(after, names, described);
        PolicyValidator policies = new PolicyValidator(after, names, registered, catalogue, typeManager);
        ProjectValidator projects = new ProjectValidator(names, registered);
        for (PolicyObject object : new AffectedObjects(image, before, after).find()) {
            Findings findings = new Findings(object, Optional.ofNullable(bundled.get(Identity.of(object))), errors);
            switch (object.kind()) {
                case CLASSIFIER -> findings.report("kind", "documents of this kind are not supported yet");
                case PROJECT -> projects.check((Project) object, findings);
                case POLICY -> policies.check((Policy) object, findings);
                default -> objects.check(findings);
            }
        }
        errors.throwIfAny();
    }
}
