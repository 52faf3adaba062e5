package io.github.trinopolicy.crypto;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/// Random bytes for IVs, drawn by the page because a draw costs more than the bytes. An instance belongs to one thread.
final class RandomBytes {
    private static final int PAGE = 8192;

    private final SecureRandom random;
    private final byte[] page = new byte[PAGE];
    private int position = PAGE;

    RandomBytes() {
        try {
            random = SecureRandom.getInstance("DRBG");
        }
        catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java runtime has no DRBG", e);
        }
    }

    /// @param count at most 8192
    void next(byte[] output, int offset, int count) {
        if (position + count > PAGE) {
            random.nextBytes(page);
            position = 0;
        }
        System.arraycopy(page, position, output, offset, count);
        position += count;
    }
}
