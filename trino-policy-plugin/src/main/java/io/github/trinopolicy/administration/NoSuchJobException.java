package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.model.ObjectName;

/// A job that is to be run or cancelled is not there.
public final class NoSuchJobException extends RuntimeException {
    NoSuchJobException(long id) {
        this("There is no running job %s; policy.metadata.jobs lists them".formatted(id));
    }

    private NoSuchJobException(String message) {
        super(requireNonNull(message, "message is null"));
    }

    static NoSuchJobException notGoverned(ObjectName name) {
        return new NoSuchJobException("%s is not governed: CALL policy.admin.register('%s') first".formatted(name,
                name.toString().replace("'", "''")));
    }

    static NoSuchJobException nothingApproved(ObjectName table) {
        return new NoSuchJobException(
                "%s has no approved columns, and others are not measured: an owner approves them with policy.admin.approve_column"
                        .formatted(table));
    }

    static NoSuchJobException disabled() {
        return new NoSuchJobException("Tables are not looked at while policy.fingerprint.enabled is false: set it on the coordinators");
    }
}
