package io.github.trinopolicy.decision;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ObjectName;
import java.util.Set;
import java.util.stream.Stream;

/// The enforced policies that may concern a table, whoever uses it: its own, and those of its columns.
///
/// @param maskings those that may select one of the columns, also one that the snapshot does not know
record TableConcern(TableFacts table, Set<CompiledPolicy.Grant> grants, Set<CompiledPolicy.Guardrail> guardrails,
        Set<CompiledPolicy.RowFilter> rowFilters, Set<CompiledPolicy.Masking> maskings, Set<CompiledPolicy.Reveal> reveals,
        Set<CompiledPolicy.Unmask> unmasks, Set<CompiledPolicy.Broken> broken) {
    TableConcern {
        grants = ImmutableSet.copyOf(grants);
        guardrails = ImmutableSet.copyOf(guardrails);
        rowFilters = ImmutableSet.copyOf(rowFilters);
        maskings = ImmutableSet.copyOf(maskings);
        reveals = ImmutableSet.copyOf(reveals);
        unmasks = ImmutableSet.copyOf(unmasks);
        broken = ImmutableSet.copyOf(broken);
    }

    static TableConcern of(PolicySnapshot snapshot, ObjectName name) {
        TableFacts table = TableFacts.of(snapshot, name);
        Set<String> allTags = table.allTags();
        return new TableConcern(table, snapshot.grants().concerning(name, table.tags()),
                snapshot.guardrails().concerning(name, table.tags()), snapshot.rowFilters().concerning(name, table.tags()),
                snapshot.maskings().concerning(name, allTags), snapshot.reveals().concerning(name, allTags),
                snapshot.unmasks().concerning(name, allTags),
                snapshot.broken().concerning(name, allTags));
    }

    Stream<CompiledPolicy> policies() {
        return Stream.of(grants, guardrails, rowFilters, maskings, reveals, unmasks, broken).flatMap(Set::stream);
    }
}
