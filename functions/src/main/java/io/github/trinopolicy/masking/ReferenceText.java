package io.github.trinopolicy.masking;

import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;

import io.airlift.slice.Slice;
import io.trino.spi.TrinoException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads the references that expressions carry instead of secrets.
final class ReferenceText {
    private ReferenceText() {
    }

    /// Strict, because [UUID#fromString] takes shorter texts. The message does not repeat the argument, which may be a value of the table.
    ///
    /// @param what the argument, as the message names it
    static UUID parse(Slice text, String what) {
        String string = text.toStringUtf8();
        try {
            UUID id = UUID.fromString(string);
            if (id.toString().equals(string)) {
                return id;
            }
        }
        catch (IllegalArgumentException e) {
            throw invalid(what, e);
        }
        throw invalid(what, null);
    }

    private static TrinoException invalid(String what, @Nullable Throwable cause) {
        return new TrinoException(INVALID_FUNCTION_ARGUMENT, "The %s of a masking function must be a UUID in lower case".formatted(what),
                cause);
    }
}
