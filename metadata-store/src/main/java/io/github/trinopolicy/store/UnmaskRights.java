package io.github.trinopolicy.store;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.github.trinopolicy.model.UnmaskRight;
import io.github.trinopolicy.model.UnmaskRight.LiteralMask;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Everything that one query may unmask.
///
/// @param rights ordered by column
/// @param digest equal for equal rights alone
public record UnmaskRights(List<UnmaskRight> rights, HashCode digest) {
    public static UnmaskRights of(Collection<UnmaskRight> rights) {
        List<UnmaskRight> sorted = rights.stream().sorted(Comparator.comparing(right -> right.column().toString()))
                .collect(toImmutableList());
        Hasher hasher = Hashing.sha256().newHasher();
        for (UnmaskRight right : sorted) {
            put(hasher, Optional.of(right.column().toString()));
            put(hasher, Optional.of(right.table().toString()));
            put(hasher, Optional.of(right.id().toString()));
            put(hasher, Optional.of(right.type()));
            put(hasher, right.formatKey().map(UUID::toString));
            put(hasher, right.alphabet());
            put(hasher, right.literal().map(LiteralMask::function));
            put(hasher, right.literal().map(literal -> literal.key().toString()));
            put(hasher, right.literal().flatMap(LiteralMask::alphabet));
        }
        return new UnmaskRights(sorted, hasher.hash());
    }

    /// With its length, so that no two rights run together to the same bytes.
    private static void put(Hasher hasher, Optional<String> text) {
        byte[] bytes = text.orElse("").getBytes(UTF_8);
        hasher.putInt(text.isPresent() ? bytes.length : -1).putBytes(bytes);
    }
}
