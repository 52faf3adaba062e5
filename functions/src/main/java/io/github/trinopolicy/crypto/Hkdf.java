package io.github.trinopolicy.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/// HKDF-SHA-256 of RFC 5869, extract then expand. Stateless, hence thread-safe.
final class Hkdf {
    private Hkdf() {
    }

    /// @param salt may be empty; RFC 5869 then takes 32 zero bytes
    /// @param length in bytes, 1 to 255 * 32
    static byte[] derive(byte[] inputKey, byte[] salt, byte[] info, int length) {
        HKDFParameterSpec.Builder extract = HKDFParameterSpec.ofExtract().addIKM(inputKey);
        if (salt.length > 0) {
            extract.addSalt(salt);
        }
        try {
            return KDF.getInstance("HKDF-SHA256").deriveData(extract.thenExpand(info, length));
        }
        catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime cannot compute HKDF-SHA256", e);
        }
    }
}
