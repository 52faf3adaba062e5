package io.github.trinopolicy.crypto;

import java.util.Optional;

/// How the IV of a token is made, which decides what equal tokens mean.
public enum TokenMode {
    /// from the row key and the value: a cell has one token; equal values of different rows have different ones
    ROW_KEY(1),
    /// from the value: equal values of the column have equal tokens, which shows how often each occurs
    KEEP_EQUALITY(2),
    /// at random: each call makes another token
    RANDOM(3);

    private final byte code;

    TokenMode(int code) {
        this.code = (byte) code;
    }

    /// What a token says.
    byte code() {
        return code;
    }

    static Optional<TokenMode> of(byte code) {
        for (TokenMode mode : values()) {
            if (mode.code == code) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
