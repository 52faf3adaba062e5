package io.github.trinopolicy.sample;

import static io.trino.spi.StandardErrorCode.INVALID_PROCEDURE_ARGUMENT;
import static java.util.Objects.requireNonNull;

import com.google.common.base.CharMatcher;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.store.SampleSecrets;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import java.util.Optional;

/// Lets owners set the secret by which they prove themselves, each for himself. Thread-safe.
public final class SampleSecretActions {
    private static final int SHORTEST = 16;
    private static final int LONGEST = 128;
    /// What fits into an extra credential of every client.
    private static final CharMatcher ALLOWED = CharMatcher.inRange('!', '~').and(CharMatcher.isNot(';'));

    private final SampleSecrets secrets;
    private final SampleAuthorization authorization;

    public SampleSecretActions(SampleSecrets secrets, SampleAuthorization authorization) {
        this.secrets = requireNonNull(secrets, "secrets is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    /// @param secret empty: the one that the connection presents
    public void set(ConnectorSession session, String object, Optional<String> secret) {
        ObjectName name = parse(object);
        QueryContext query = authorization.requireOwner(session, name, "set a sample secret of " + name);
        String chosen = secret.or(() -> SampleAuthorization.presentedBy(session)).orElseThrow(() -> new TrinoException(
                INVALID_PROCEDURE_ARGUMENT,
                "Argument secret is NULL, and the connection presents no extra credential %s".formatted(SampleAuthorization.CREDENTIAL)));
        if (chosen.length() < SHORTEST || chosen.length() > LONGEST || !ALLOWED.matchesAllOf(chosen)) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT,
                    "The secret must have %s to %s characters, letters, digits and signs of ASCII without space and semicolon"
                            .formatted(SHORTEST, LONGEST));
        }
        secrets.set(Authorization.act(query, "set_sample_secret"), name, SecretHash.of(chosen));
    }

    private static ObjectName parse(String object) {
        try {
            return ObjectName.parse(object);
        }
        catch (IllegalArgumentException e) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }
}
