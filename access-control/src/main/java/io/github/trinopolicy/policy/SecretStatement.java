package io.github.trinopolicy.policy;

import static java.util.Locale.ENGLISH;

/// A statement in which a secret may stand.
public final class SecretStatement {
    private static final String PROCEDURE = "set_sample_secret";

    private SecretStatement() {
    }

    /// True for whatever names the procedure that takes a secret, well-formed or not.
    public static boolean holds(String sql) {
        return sql.toLowerCase(ENGLISH).contains(PROCEDURE);
    }
}
