package io.github.trinopolicy.crypto;

import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;

/// A keyed permutation of all 2^32 integers: the hash of a type that is too small for a hash without collisions.
///
/// Ten rounds of a balanced Feistel network over two 16-bit halves, `(left, right) -> (right, left xor F(round, right))`. F is the first 16 bits
/// of AES-256 over the block `round (1 byte), right (2 bytes, big-endian), 13 zero bytes`. The AES key is HMAC-SHA-256 of a tag byte under the
/// hash key, so that no key serves two algorithms. Luby and Rackoff proved four rounds strong for a large block; on this small one ten rounds
/// keep the margin that FF1 has on its domains. Whoever may call it at will can tabulate it: keep it from users.
///
/// An instance belongs to one thread.
public final class IntegerPermutation {
    static final int ROUNDS = 10;

    private static final int HALF = 16;
    private static final int MASK = 0xffff;

    private final Cipher aes;
    private final byte[] block = new byte[Aes.BLOCK];
    private final byte[] encrypted = new byte[Aes.BLOCK];

    /// Does not keep the data key.
    public IntegerPermutation(DataKey dataKey) {
        byte[] hashKey = dataKey.derive(Purpose.HASH, Optional.empty());
        byte[] aesKey = new byte[HmacSha256.LENGTH];
        new HmacSha256(hashKey).compute(new byte[]{KeyedHash.PERMUTATION_KEY}, 0, 1, aesKey, 0);
        aes = Aes.encryptor(aesKey);
        Arrays.fill(hashKey, (byte) 0);
        Arrays.fill(aesKey, (byte) 0);
    }

    public int permute(int value) {
        int left = value >>> HALF;
        int right = value & MASK;
        for (int round = 0; round < ROUNDS; round++) {
            int next = left ^ round(round, right);
            left = right;
            right = next;
        }
        return (left << HALF) | right;
    }

    /// The round function: 16 bits to 16 bits.
    int round(int round, int half) {
        block[0] = (byte) round;
        block[1] = (byte) (half >>> 8);
        block[2] = (byte) half;
        Aes.transform(aes, block, encrypted);
        return ((encrypted[0] & 0xff) << 8) | (encrypted[1] & 0xff);
    }
}
