package io.github.trinopolicy.crypto;

import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;

/// AES-CBC of NIST SP 800-38A with the padding of PKCS #7, over kept AES ciphers: `javax.crypto.Cipher` in CBC mode must be initialized for each
/// value. It protects no integrity; [ReversibleToken] does. An instance belongs to one thread.
final class CbcPkcs7 {
    private final Cipher encryptor;
    private final Cipher decryptor;

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
        for (int block = outputOffset; block < end; block += Aes.BLOCK) {
            for (int i = block; i < block + Aes.BLOCK; i++) {
                output[i] ^= output[i - Aes.BLOCK];
            }
            Aes.transform(encryptor, output, block);
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
        try {
            decryptor.update(input, offset, length, output, 0);
        }
        catch (ShortBufferException e) {
            throw new IllegalArgumentException("The output is shorter than the ciphertext", e);
        }
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
