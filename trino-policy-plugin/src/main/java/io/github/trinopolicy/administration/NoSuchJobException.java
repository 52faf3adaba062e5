package io.github.trinopolicy.administration;

/// A job that is to be cancelled does not run.
public final class NoSuchJobException extends RuntimeException {
    NoSuchJobException(long id) {
        super("There is no running job %s; policy.metadata.jobs lists them".formatted(id));
    }
}
