package io.github.trinopolicy.enforcement;

import io.github.trinopolicy.bundle.Wording;
import io.trino.spi.security.AccessDeniedException;

/// Refuses a project. It is the same sentence whether there is no such project or the user is no member of it, so that nobody learns
/// which projects others have.
public final class NoSuchProject {
    private NoSuchProject() {
    }

    public static AccessDeniedException denied(String user, String project) {
        return MessageCode.PROJECT.refusal(
                "Cannot use project %s: there is no such project, or %s is no member of it; SELECT name FROM policy.metadata.projects lists yours"
                        .formatted(Wording.quoted(project), user));
    }
}
