package io.github.trinopolicy.administration;

import static io.trino.spi.StandardErrorCode.INVALID_PROCEDURE_ARGUMENT;

import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.TrinoException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the arguments of calls; what is wrong with them is the caller's mistake.
final class CallArguments {
    private CallArguments() {
    }

    static Optional<Instant> instant(@Nullable String expires) {
        if (expires == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(expires));
        }
        catch (DateTimeParseException e) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT,
                    "expires: %s is no instant such as 2027-01-01T00:00:00Z".formatted(Wording.quoted(expires)), e);
        }
    }

    static String name(String argument, String name) {
        if (name.isBlank()) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, "%s must not be empty".formatted(argument));
        }
        return name;
    }

    static ObjectName objectName(String text) {
        try {
            return ObjectName.parse(text);
        }
        catch (IllegalArgumentException e) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    static ColumnName columnName(String text) {
        try {
            return ColumnName.parse(text);
        }
        catch (IllegalArgumentException e) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    static List<String> parts(String object) {
        try {
            return ObjectName.parseParts(object);
        }
        catch (IllegalArgumentException e) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }
}
