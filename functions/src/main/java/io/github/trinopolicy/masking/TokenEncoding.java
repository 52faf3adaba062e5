package io.github.trinopolicy.masking;

import io.github.trinopolicy.crypto.ReversibleToken;
import io.trino.spi.type.CharType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarbinaryType;
import io.trino.spi.type.VarcharType;
import java.util.Optional;

/// How a reversible token is written into a type.
public enum TokenEncoding implements MaskEncoding {
    /// Base64url of RFC 4648 without padding
    BASE64URL,
    /// the bytes of the token
    BINARY;

    /// No text type of fewer characters has room for a token.
    public static final int SHORTEST_TEXT = ReversibleToken.textLength(0);

    private static final int BLOCK = 16;

    /// Absent if not even the token of the empty value fits.
    public static Optional<TokenEncoding> of(Type type) {
        if (type instanceof VarbinaryType) {
            return Optional.of(BINARY);
        }
        if (type instanceof VarcharType varchar && varchar.isUnbounded()) {
            return Optional.of(BASE64URL);
        }
        return textLength(type).filter(length -> length >= SHORTEST_TEXT).map(_ -> BASE64URL);
    }

    /// The most bytes that a value can have for its token to fit the type; absent where all fit, or none.
    public static Optional<Integer> longestValue(Type type) {
        return textLength(type).filter(length -> length >= SHORTEST_TEXT).map(TokenEncoding::longestValue);
    }

    private static int longestValue(int textLength) {
        int overhead = ReversibleToken.binaryLength(0) - BLOCK;
        int binaryLength = (int) (textLength * 3L / 4);
        return (binaryLength - overhead) / BLOCK * BLOCK - 1;
    }

    /// Of texts that have a longest one.
    private static Optional<Integer> textLength(Type type) {
        return switch (type) {
            case VarcharType varchar -> varchar.getLength();
            case CharType character -> Optional.of(character.getLength());
            default -> Optional.empty();
        };
    }
}
