package io.github.trinopolicy.monitoring;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.service.ServiceClient;
import io.github.trinopolicy.store.ObservedTable;
import io.github.trinopolicy.store.ObservedTable.ObservedColumn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The tables of a catalog as Trino lists them, put together from the answers to [io.github.trinopolicy.policy.ListingQuery]. Not thread-safe.
final class TableListing {
    private final String catalog;
    /// whether each is a view
    private final Map<ObjectName, Boolean> tables = new LinkedHashMap<>();
    private final Map<ObjectName, SortedMap<Integer, ObservedColumn>> columns = new LinkedHashMap<>();

    TableListing(String catalog) {
        this.catalog = requireNonNull(catalog, "catalog is null");
    }

    /// Takes the tables.
    ServiceClient.Rows ofTables() {
        return new Answer(row -> tables.put(table(row), "VIEW".equals(text(row, 2))));
    }

    /// Takes their columns.
    ServiceClient.Rows ofColumns() {
        return new Answer(row -> columns.computeIfAbsent(table(row), _ -> new TreeMap<>()).put(Integer.valueOf(text(row, 2)),
                new ObservedColumn(text(row, 3).toLowerCase(ENGLISH), text(row, 4))));
    }

    /// A table of which Trino cannot say the columns keeps those by which it was seen last.
    List<ObservedTable> tables(Map<ObjectName, ObservedTable> before) {
        return tables.entrySet().stream().map(table -> {
            Optional<SortedMap<Integer, ObservedColumn>> listed = Optional.ofNullable(columns.get(table.getKey()));
            List<ObservedColumn> seen = listed.<List<ObservedColumn>>map(found -> ImmutableList.copyOf(found.values()))
                    .orElseGet(
                            () -> Optional.ofNullable(before.get(table.getKey())).map(ObservedTable::columns).orElse(ImmutableList.of()));
            return new ObservedTable(table.getKey(), table.getValue(), listed.isPresent(), seen);
        }).collect(toImmutableList());
    }

    private ObjectName table(List<@Nullable String> row) {
        return ObjectName.ofTable(catalog, text(row, 0), text(row, 1));
    }

    /// The store cannot keep the character that names do not have otherwise.
    private static String text(List<@Nullable String> row, int position) {
        return requireNonNullElse(row.get(position), "").replace('\0', '\ufffd');
    }

    private record Answer(Consumer<List<@Nullable String>> taker) implements ServiceClient.Rows {
        @Override
        public void columns(List<String> types) {
            // as the statement says
        }

        @Override
        public void row(List<@Nullable String> values) {
            taker.accept(values);
        }
    }
}
