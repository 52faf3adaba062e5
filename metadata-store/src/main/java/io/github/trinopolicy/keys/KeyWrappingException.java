package io.github.trinopolicy.keys;

/// A data key cannot be unwrapped. The message names the key, the key-encryption key and the remedy, and nothing secret.
public final class KeyWrappingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeyWrappingException(String message) {
        super(message);
    }
}
