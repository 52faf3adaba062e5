package io.github.trinopolicy.crypto;

/// A text or bytes that are not a token of this column under this key. There is one message and no cause, so that it does not tell what is wrong.
public final class InvalidTokenException extends Exception {
    InvalidTokenException() {
        super("The value is not a token of this column and key", null, false, false);
    }
}
