package io.github.trinopolicy.crypto;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import javax.crypto.Cipher;

/// AES-CBC of NIST SP 800-38A with the padding of PKCS #7, over kept AES ciphers: `javax.crypto.Cipher` in CBC mode must be initialized for each
/// value. It protects no integrity; [ReversibleToken] does. An instance belongs to one thread.
final class CbcPkcs7 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);
    private static final int HALF = Long.BYTES;

    private final Cipher encryptor;
    private final Cipher decryptor;
    private final byte[] block = new byte[Aes.BLOCK];

    /// Does not keep the key as such.
    CbcPkcs7(byte[] key) {
        encryptor = Aes.encryptor(key);
        decryptor = Aes.decryptor(key);
    }

    /// Always longer than the message.
    static int ciphertextLength(int messageLength) {
        return Math.addExact(messageLength, Aes.BLOCK - messageLength % Aes.BLOCK);
    }

    /// Writes [#ciphertextLength] bytes after the IV, which is the 16 bytes before `outputOffset`.
    void encrypt(byte[] input, int inputOffset, int length, byte[] output, int outputOffset) {
        int end = outputOffset + ciphertextLength(length);
        System.arraycopy(input, inputOffset, output, outputOffset, length);
        Arrays.fill(output, outputOffset + length, end, (byte) (end - outputOffset - length));
        for (int offset = outputOffset; offset < end; offset += Aes.BLOCK) {
            LONG.set(block, 0, (long) LONG.get(output, offset) ^ (long) LONG.get(output, offset - Aes.BLOCK));
            LONG.set(block, HALF, (long) LONG.get(output, offset + HALF) ^ (long) LONG.get(output, offset + HALF - Aes.BLOCK));
            Aes.transform(encryptor, block, 0, Aes.BLOCK, output, offset);
        }
    }

    /// Writes the message with its padding to the start of `output`, which is at least as long as the ciphertext.
    ///
    /// @param input with the IV in the 16 bytes before `offset`
    /// @return the length of the message, or -1 if the ciphertext is empty, is not whole blocks, or is not padded as it must be. Callers have
    ///     authenticated the ciphertext before, so that the difference tells nobody anything.
    int decrypt(byte[] input, int offset, int length, byte[] output) {
        if (length == 0 || length % Aes.BLOCK != 0) {
            return -1;
        }
        Aes.transform(decryptor, input, offset, length, output, 0);
        for (int i = 0; i < length; i++) {
            output[i] ^= input[offset + i - Aes.BLOCK];
        }
        int padding = output[length - 1];
        if (padding < 1 || padding > Aes.BLOCK) {
            return -1;
        }
        for (int i = length - padding; i < length; i++) {
            if (output[i] != padding) {
                return -1;
            }
        }
        return length - padding;
    }
}
