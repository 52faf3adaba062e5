package io.github.trinopolicy.decision;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import java.util.List;
import java.util.Set;

/// Finds the policies that may concern a table, at a cost that depends on how many do, not on how many there are.
final class PolicyIndex<P extends CompiledPolicy> {
    private final ImmutableListMultimap<String, P> byTag;
    private final ImmutableListMultimap<ObjectName, P> byObject;
    private final List<P> everywhere;

    private PolicyIndex(Builder<P> builder) {
        byTag = builder.byTag.build();
        byObject = builder.byObject.build();
        everywhere = builder.everywhere.build();
    }

    /// Policies that select the table by a tag of its own or inherited, by name, by what holds it, or everywhere.
    ///
    /// @param tags tags of the table; for masks also those of its columns
    Set<P> concerning(ObjectName table, Set<String> tags) {
        ImmutableSet.Builder<P> found = ImmutableSet.builder();
        found.addAll(everywhere);
        byObject.get(table).forEach(found::add);
        table.parent().ifPresent(schema -> {
            found.addAll(byObject.get(schema));
            schema.parent().ifPresent(catalog -> found.addAll(byObject.get(catalog)));
        });
        if (!byTag.isEmpty()) {
            for (String tag : tags) {
                DottedPath.selfAndAncestors(tag).forEach(path -> found.addAll(byTag.get(path)));
            }
        }
        return found.build();
    }

    static final class Builder<P extends CompiledPolicy> {
        private final ImmutableListMultimap.Builder<String, P> byTag = ImmutableListMultimap.builder();
        private final ImmutableListMultimap.Builder<ObjectName, P> byObject = ImmutableListMultimap.builder();
        private final ImmutableList.Builder<P> everywhere = ImmutableList.builder();

        void add(ObjectSelector selector, P policy) {
            if (selector.all()) {
                everywhere.add(policy);
                return;
            }
            selector.tags().forEach(tag -> byTag.put(tag, policy));
            selector.dataSources().forEach(object -> byObject.put(object, policy));
        }

        void add(ColumnSelector selector, P policy) {
            if (selector.pattern().isPresent()) {
                everywhere.add(policy);
                return;
            }
            selector.tags().forEach(tag -> byTag.put(tag, policy));
            selector.in().forEach(object -> byObject.put(object, policy));
            selector.names().forEach(name -> byObject.put(name.table(), policy));
        }

        PolicyIndex<P> build() {
            return new PolicyIndex<>(this);
        }
    }
}
