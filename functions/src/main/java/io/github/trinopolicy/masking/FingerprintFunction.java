package io.github.trinopolicy.masking;

import io.airlift.slice.Slice;
import io.github.trinopolicy.crypto.KeyedFingerprint;

/// `fingerprint(value, key id, column id)` at one call site. An instance belongs to one thread.
final class FingerprintFunction {
    /// of 5 bits each: enough that two of the few values that a fingerprint holds do not meet
    private static final int CHARACTERS = 16;

    private final ColumnKey<KeyedFingerprint> codes;
    private final byte[] digest = new byte[KeyedFingerprint.LENGTH];

    FingerprintFunction(KeyRing keyRing) {
        codes = new ColumnKey<>(keyRing, (key, _, column) -> new KeyedFingerprint(key, column));
    }

    Slice of(Slice value, Slice keyId, Slice column) {
        codes.get(keyId, column).compute(value.byteArray(), value.byteArrayOffset(), value.length(), digest);
        return DigestText.base32(digest, CHARACTERS);
    }
}
