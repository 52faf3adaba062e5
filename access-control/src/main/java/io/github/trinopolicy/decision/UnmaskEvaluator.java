package io.github.trinopolicy.decision;

import static com.google.common.base.Suppliers.memoize;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.decision.ColumnEvaluator.Sight;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.KeyFamily;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.UnmaskRight;
import io.github.trinopolicy.model.UnmaskRight.LiteralMask;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.type.Type;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// Decides of which columns a user may turn masked values back. He must be able to use the table, and nobody is exempt. Thread-safe.
final class UnmaskEvaluator {
    private final PartialEvaluator evaluator;
    private final AccessEvaluator accessEvaluator;
    private final ColumnEvaluator columnEvaluator;

    UnmaskEvaluator(PartialEvaluator evaluator, AccessEvaluator accessEvaluator, ColumnEvaluator columnEvaluator) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.accessEvaluator = requireNonNull(accessEvaluator, "accessEvaluator is null");
        this.columnEvaluator = requireNonNull(columnEvaluator, "columnEvaluator is null");
    }

    /// What a user is entitled to at one version of the store.
    record View(PolicySnapshot snapshot, Subject subject) {}

    /// True when some policy may give the user a right, whichever tables there are.
    boolean mayHaveRights(PolicySnapshot snapshot, Subject subject) {
        return snapshot.policies().activeUnmasks().anyMatch(unmask -> switch (unmask.to()) {
            case CompiledPolicy.Beneficiary.Condition to -> evaluator.holds(to.text(), subject);
            case CompiledPolicy.Beneficiary.AttributeMatchesTag to -> subject.attributes().containsKey(to.attribute());
        });
    }

    /// @param now decides what the user may
    /// @param query says how the values look that the query gets from masks
    /// @param types what Trino's display name of a type stands for; empty where it is none that Trino knows
    List<UnmaskRight> rights(View now, View query, Function<String, Optional<Type>> types) {
        if (!mayHaveRights(now.snapshot(), now.subject())) {
            return ImmutableList.of();
        }
        ImmutableList.Builder<UnmaskRight> rights = ImmutableList.builder();
        for (KnownTable known : now.snapshot().knownTables()) {
            TableFacts table = TableFacts.of(now.snapshot(), known.name());
            Set<CompiledPolicy.Unmask> policies = now.snapshot().unmasks().concerning(table.name(), table.allTags());
            if (policies.isEmpty() || !table.governed() || accessEvaluator.decide(now.snapshot(), now.subject(), table).level().isEmpty()) {
                continue;
            }
            Supplier<MaskedTable> masked = memoize(() -> maskedTable(query, known, types));
            known.columns().values().stream()
                    .filter(column -> types.apply(column.type())
                            .filter(type -> policies.stream()
                                    .anyMatch(policy -> isMeant(policy, now.subject(), table, new Column(column.name(), type))))
                            .isPresent())
                    .map(column -> right(known, column, masked.get()))
                    .forEach(rights::add);
        }
        return rights.build();
    }

    /// A table as the query sees it.
    ///
    /// @param level empty: the query cannot see it
    private record MaskedTable(View view, Optional<Level> level, TableRow row) {}

    private MaskedTable maskedTable(View query, KnownTable known, Function<String, Optional<Type>> types) {
        TableFacts table = TableFacts.of(query.snapshot(), known.name());
        List<Column> columns = known.columns().values().stream()
                .flatMap(column -> types.apply(column.type()).map(type -> new Column(column.name(), type)).stream())
                .collect(toImmutableList());
        return new MaskedTable(query, accessEvaluator.decide(query.snapshot(), query.subject(), table).level(),
                TableRow.of(table, columns));
    }

    private boolean isMeant(CompiledPolicy.Unmask policy, Subject subject, TableFacts table, Column column) {
        Set<String> tags = table.effectiveTags(column.name());
        return policy.columns().match(table, column.name(), tags, column.type()).isPresent() && switch (policy.to()) {
            case CompiledPolicy.Beneficiary.Condition to -> evaluator.holds(to.text(), subject);
            case CompiledPolicy.Beneficiary.AttributeMatchesTag to ->
                policy.columns().selectingTags(tags).stream().anyMatch(tag -> to.means(subject, tag));
        };
    }

    private UnmaskRight right(KnownTable known, KnownColumn column, MaskedTable table) {
        Column seen = new Column(column.name(), table.row().type(column.name()).orElseThrow());
        Sight sight = new Sight(table.view().snapshot(), table.view().subject(), table.level(), table.row(), seen);
        Optional<LiteralMask> literal = columnEvaluator.literalMask(sight);
        return new UnmaskRight(new ColumnName(known.name(), column.name(), ImmutableList.of()), known.id(), column.id(), column.type(),
                table.view().snapshot().primaryKey(known.id(), KeyFamily.FORMAT_PRESERVING).map(KeyReference::id),
                literal.flatMap(LiteralMask::alphabet).or(() -> alphabet(sight)), literal);
    }

    /// The one alphabet of the masks of the column. With several the text does not tell which of them it is of.
    private static Optional<String> alphabet(Sight sight) {
        TableFacts table = sight.row().table();
        Column column = sight.column();
        if (!MaskFit.isText(column.type())) {
            return Optional.empty();
        }
        Set<String> tags = table.effectiveTags(column.name());
        Collection<String> alphabets = sight.snapshot().maskings().concerning(table.name(), tags).stream()
                .filter(policy -> policy.columns().match(table, column.name(), tags, column.type()).isPresent())
                .flatMap(policy -> policy.rules().stream())
                .flatMap(rule -> rule.mask() instanceof Mask.FormatPreserving format
                        ? format.alphabet().stream()
                        : Optional.<Mask.Alphabet>empty().stream())
                .map(Wording::word)
                .distinct()
                .toList();
        return alphabets.size() == 1 ? alphabets.stream().findFirst() : Optional.empty();
    }
}
