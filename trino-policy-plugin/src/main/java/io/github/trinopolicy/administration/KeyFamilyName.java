package io.github.trinopolicy.administration;

import static io.trino.spi.StandardErrorCode.INVALID_PROCEDURE_ARGUMENT;
import static java.util.Locale.ENGLISH;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.model.KeyFamily;
import io.trino.spi.TrinoException;
import java.util.Set;

/// How calls and tables write the families of keys: as bundles write the masks, `format-preserving`.
public final class KeyFamilyName {
    /// Where old values stay meaningful, or are given up knowingly. A new key of the others would draw other noise or other rows, and two
    /// draws tell more than one.
    private static final Set<KeyFamily> ROTATED = ImmutableSet.of(KeyFamily.HASH, KeyFamily.REVERSIBLE, KeyFamily.FORMAT_PRESERVING);

    private KeyFamilyName() {
    }

    public static String of(KeyFamily family) {
        return family.name().toLowerCase(ENGLISH).replace('_', '-');
    }

    /// @throws TrinoException when keys of this family are never rotated, or there is none of this name
    static KeyFamily rotated(String name) {
        for (KeyFamily family : KeyFamily.values()) {
            if (of(family).equals(name)) {
                if (!ROTATED.contains(family)) {
                    throw new TrinoException(INVALID_PROCEDURE_ARGUMENT,
                            "family: keys for %s are never rotated, since two draws together show more than one".formatted(name));
                }
                return family;
            }
        }
        throw new TrinoException(INVALID_PROCEDURE_ARGUMENT,
                "family: %s is none of hash, reversible, format-preserving".formatted(Wording.quoted(name)));
    }
}
