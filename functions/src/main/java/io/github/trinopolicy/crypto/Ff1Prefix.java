package io.github.trinopolicy.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.Cipher;

/// What the pseudorandom function of FF1 reads before the round number and the half, which is the same in each round and for each value of a
/// domain: the block P and the tweak with its zero bytes, in CBC-MAC.
/// Immutable.
final class Ff1Prefix {
    private static final byte VERSION = 1;
    private static final byte METHOD = 2;
    private static final byte ADDITION = 1;

    private final byte[] state;
    private final int tail;

    private Ff1Prefix(byte[] state, int tail) {
        this.state = state;
        this.tail = tail;
    }

    /// Steps 5 and 6.i of the standard's algorithm 7, up to the round number.
    ///
    /// @param halfBytes b, the bytes of the longer half
    static Ff1Prefix compute(Cipher aes, int radix, int length, byte[] tweak, int halfBytes) {
        byte[] state = ByteBuffer.allocate(Aes.BLOCK)
                .put(VERSION)
                .put(METHOD)
                .put(ADDITION)
                .put((byte) (radix >>> 16))
                .putShort((short) radix)
                .put((byte) Ff1Rounds.ROUNDS)
                .put((byte) (length / 2))
                .putInt(length)
                .putInt(tweak.length)
                .array();
        Aes.transform(aes, state.clone(), state);
        int tail = 1 + halfBytes;
        int zeros = Math.floorMod(-tweak.length - tail, Aes.BLOCK);
        byte[] padded = Arrays.copyOf(tweak, tweak.length + zeros);
        int position = 0;
        for (byte next : padded) {
            state[position++] ^= next;
            if (position == Aes.BLOCK) {
                Aes.transform(aes, state.clone(), state);
                position = 0;
            }
        }
        return new Ff1Prefix(state, tail);
    }

    /// What the next block is xored with before it is encrypted; it contains the beginning of that block already.
    byte[] state() {
        return state.clone();
    }

    /// The bytes from the round number to the end of the message: 1 + b in the standard's words.
    int tail() {
        return tail;
    }

    /// Where the round number goes in the state.
    int position() {
        return Math.floorMod(-tail, Aes.BLOCK);
    }
}
