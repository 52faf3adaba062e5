package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ListMultimap;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Finds the tables, of which columns are approved, that a selector selects, without looking at all others each time. Thread-safe.
final class SelectedTables {
    private final PolicySnapshot snapshot;
    private final Supplier<ListMultimap<String, KnownTable>> byTag = Suppliers.memoize(this::indexByTag);
    private final Supplier<ListMultimap<ObjectName, KnownTable>> byObject = Suppliers.memoize(this::indexByObject);

    SelectedTables(PolicySnapshot snapshot) {
        this.snapshot = requireNonNull(snapshot, "snapshot is null");
    }

    Stream<KnownTable> of(ObjectSelector selector) {
        if (selector.all()) {
            return governed();
        }
        return Stream.concat(
                selector.dataSources().stream().flatMap(object -> byObject.get().get(object).stream()),
                selector.tags().stream().flatMap(tag -> byTag.get().get(tag).stream()))
                .distinct();
    }

    private Stream<KnownTable> governed() {
        return snapshot.knownTables().stream().filter(table -> snapshot.isGoverned(table.name()));
    }

    private ListMultimap<String, KnownTable> indexByTag() {
        ImmutableListMultimap.Builder<String, KnownTable> index = ImmutableListMultimap.builder();
        snapshot.knownTables().forEach(table -> snapshot.tagsOf(table.name()).stream()
                .flatMap(tag -> DottedPath.selfAndAncestors(tag).stream())
                .distinct()
                .forEach(tag -> index.put(tag, table)));
        return index.build();
    }

    private ListMultimap<ObjectName, KnownTable> indexByObject() {
        ImmutableListMultimap.Builder<ObjectName, KnownTable> index = ImmutableListMultimap.builder();
        governed().forEach(table -> {
            for (Optional<ObjectName> object = Optional.of(table.name()); object.isPresent(); object = object.get().parent()) {
                index.put(object.get(), table);
            }
        });
        return index.build();
    }
}
