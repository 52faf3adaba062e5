package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.DeclaredNames;
import io.github.trinopolicy.model.Project;

/// Checks what projects refer to. Users need no declaration.
final class ProjectValidator {
    private final DeclaredNames names;
    private final RegisteredObjects registered;

    ProjectValidator(DeclaredNames names, RegisteredObjects registered) {
        this.names = requireNonNull(names, "names is null");
        this.registered = requireNonNull(registered, "registered is null");
    }

    void check(Project project, Findings findings) {
        project.owners().groups().forEach(group -> findings.report("owners.groups", names.group(group)));
        project.members().groups().forEach(group -> findings.report("members.groups", names.group(group)));
        project.purposes().forEach(purpose -> findings.report("purposes", names.purpose(purpose)));
        project.dataSources().forEach(object -> findings.report("data_sources", registered.missing(object)));
    }
}
