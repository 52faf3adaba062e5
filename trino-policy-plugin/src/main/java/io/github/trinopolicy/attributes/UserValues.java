package io.github.trinopolicy.attributes;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Splitter;
import com.google.common.base.Utf8;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.CharacterRules;
import io.github.trinopolicy.model.ReadAttribute;
import io.github.trinopolicy.schedule.WorkFailedException;
import io.github.trinopolicy.service.ServiceClient.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The rows of a lookup table, user and value, as the attribute values of each user. What cannot be a user or a value is left out and
/// counted. Not thread-safe.
final class UserValues implements Rows {
    private static final int MAX_ROWS = 1_000_000;
    private static final int MAX_VALUE_BYTES = 1_000;
    private static final Splitter TYPE_NAME = Splitter.on('(').limit(2);
    private static final Set<String> USER_TYPES = ImmutableSet.of("varchar", "char");
    /// Types whose values are written in one way only.
    private static final Set<String> VALUE_TYPES = ImmutableSet.of("varchar", "char", "bigint", "integer", "smallint", "tinyint", "boolean",
            "date", "uuid");

    private final Predicate<String> allowed;
    private final Map<String, Set<String>> values = new HashMap<>();
    private long rows;
    private long nulls;
    private long unfit;
    private long refused;

    /// @param allowed whether the attribute may have the value
    UserValues(Predicate<String> allowed) {
        this.allowed = requireNonNull(allowed, "allowed is null");
    }

    @Override
    public void columns(List<String> types) {
        if (types.size() != 2) {
            throw new WorkFailedException("the query returns %s columns; an attribute source selects two, the user and the value"
                    .formatted(types.size()));
        }
        requireType("user", types.get(0), USER_TYPES);
        requireType("value", types.get(1), VALUE_TYPES);
    }

    private static void requireType(String column, String type, Set<String> types) {
        if (!types.contains(TYPE_NAME.splitToList(type).getFirst())) {
            throw new WorkFailedException("the column of the %s has type %s; cast it to varchar".formatted(column, type));
        }
    }

    @Override
    public void row(List<@Nullable String> row) {
        rows++;
        if (rows > MAX_ROWS) {
            throw new WorkFailedException("the query returns more than %s rows".formatted(MAX_ROWS));
        }
        String user = row.get(0);
        String value = row.get(1);
        if (user == null || value == null) {
            nulls++;
        }
        else if (!CharacterRules.isName(user) || CharacterRules.firstUnstorable(value).isPresent()
                || Utf8.encodedLength(value) > MAX_VALUE_BYTES) {
            unfit++;
        }
        else if (!allowed.test(value)) {
            refused++;
        }
        else {
            values.computeIfAbsent(user, _ -> new TreeSet<>()).add(value);
        }
    }

    long rows() {
        return rows;
    }

    List<ReadAttribute> of(String source) {
        return values.entrySet().stream().map(entry -> new ReadAttribute(source, entry.getKey(), ImmutableList.copyOf(entry.getValue())))
                .collect(toImmutableList());
    }

    /// Counts alone, no name and no value.
    String summary() {
        List<String> skipped = new ArrayList<>();
        count(nulls, "with NULL", skipped);
        count(unfit, "with a user or value that is empty, too long or not writable", skipped);
        count(refused, "with a value that the attribute does not allow", skipped);
        return "%s users have values".formatted(values.size())
                + (skipped.isEmpty() ? "" : "; rows left out: " + String.join(", ", skipped));
    }

    private static void count(long count, String what, List<String> skipped) {
        if (count > 0) {
            skipped.add(count + " " + what);
        }
    }
}
