package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.ColumnMatcher.Match;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.policy.PolicyText;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Looks through the policies of a table for what their authors may not have meant. Thread-safe.
final class TableReviewer {
    private final MaskCompiler maskCompiler;
    private final TimeWindows timeWindows;
    private final RowShares rowShares;

    TableReviewer(MaskCompiler maskCompiler, TimeWindows timeWindows, RowShares rowShares) {
        this.maskCompiler = requireNonNull(maskCompiler, "maskCompiler is null");
        this.timeWindows = requireNonNull(timeWindows, "timeWindows is null");
        this.rowShares = requireNonNull(rowShares, "rowShares is null");
    }

    List<Finding> review(PolicySnapshot snapshot, ObjectName table, Collection<Column> columns) {
        TableConcern concern = TableConcern.of(snapshot, table);
        if (!concern.table().governed()) {
            return ImmutableList.of();
        }
        TableRow row = TableRow.of(concern.table(), columns);
        ImmutableList.Builder<Finding> findings = ImmutableList.builder();
        concern.rowFilters().forEach(filter -> missing(filter.rule(), snapshot, row).ifPresent(missing -> findings
                .add(new Finding(filter.name(), "closes, but to those who are exempt, since there is %s:".formatted(missing),
                        table.toString()))));
        for (Column column : columns) {
            String name = table + "." + ObjectName.quoteWhereNeeded(column.name());
            findings.addAll(review(selecting(concern, column), snapshot, concern, row, column, column, name));
            parts(concern, row, column).inner().forEach(part -> findings.addAll(review(selecting(concern, column, part), snapshot, concern,
                    row.within(column).with(part.variable()), column, part.variable(), table + "." + part.name(table, column.name()))));
        }
        return findings.build();
    }

    /// @param masked the column, or what stands for a part of it
    /// @param name of what is masked
    private List<Finding> review(List<Selecting> selecting, PolicySnapshot snapshot, TableConcern concern, TableRow row, Column column,
            Column masked, String name) {
        ImmutableList.Builder<Finding> findings = ImmutableList.builder();
        selecting.forEach(selected -> {
            outranked(selected, selecting).forEach(message -> findings.add(new Finding(selected.policy().name(), message, name)));
            selected.policy().rules().stream()
                    .flatMap(rule -> maskCompiler.shortfalls(rule, snapshot, row, masked)).map("%s, on"::formatted).distinct()
                    .forEach(message -> findings.add(new Finding(selected.policy().name(), message, name)));
            leftMasked(concern, column, selected, name).forEach(findings::add);
            selected.policy().condition().flatMap(condition -> missing(condition, row)
                    .or(() -> mistake(condition, row.masking(masked.name()))))
                    .ifPresent(missing -> findings
                            .add(new Finding(selected.policy().name(), "masks every row, as 'condition' cannot be judged: there is %s:"
                                    .formatted(missing), name)));
        });
        return findings.build();
    }

    private static ColumnPart parts(TableConcern concern, TableRow row, Column column) {
        return ColumnPart.of(column, concern.maskings().stream()
                .flatMap(policy -> policy.columns().partsNamed(concern.table(), column.name())).map(ColumnName::path)
                .filter(path -> PartSteps.exist(column.type(), path)).collect(toImmutableList()), row.types().keySet());
    }

    private static List<Selecting> selecting(TableConcern concern, Column column, ColumnPart part) {
        Set<String> tags = concern.table().effectiveTags(column.name());
        return concern.maskings().stream()
                .flatMap(policy -> policy.columns().matchPart(concern.table(), column.name(), part.path(), tags, part.variable().type())
                        .map(match -> new Selecting(policy, match)).stream())
                .collect(toImmutableList());
    }

    /// A mask policy that selects a column.
    private record Selecting(CompiledPolicy.Masking policy, Match match) {}

    private static List<Selecting> selecting(TableConcern concern, Column column) {
        Set<String> tags = concern.table().effectiveTags(column.name());
        return concern.maskings().stream()
                .flatMap(policy -> policy.columns().match(concern.table(), column.name(), tags, column.type())
                        .map(match -> new Selecting(policy, match)).stream())
                .collect(toImmutableList());
    }

    private static Stream<String> outranked(Selecting selected, List<Selecting> all) {
        return all.stream().filter(other -> other.match().yieldsTo(selected.match())).flatMap(other -> {
            Optional<Mask.Type> weakest = types(selected).max(Comparator.naturalOrder());
            Optional<Mask.Type> strongest = types(other).min(Comparator.naturalOrder());
            return weakest.isPresent() && strongest.isPresent() && weakest.get().compareTo(strongest.get()) > 0
                    ? Stream.of("outranks a stronger mask: '%s' (%s) comes before '%s' of %s (%s), on".formatted(
                            weakest.get().documentName(), MaskReasons.selected(selected.match()), strongest.get().documentName(),
                            other.policy().name(), MaskReasons.selected(other.match())))
                    : Stream.empty();
        });
    }

    /// Reveal policies that mean the column and leave a mask of it as it is.
    private static Stream<Finding> leftMasked(TableConcern concern, Column column, Selecting selected, String name) {
        Set<String> tags = concern.table().effectiveTags(column.name());
        Set<String> alone = selected.policy().columns().tagsAlone(concern.table(), column.name(), tags);
        return concern.reveals().stream()
                .filter(reveal -> reveal.columns().match(concern.table(), column.name(), tags, column.type()).isPresent())
                .filter(reveal -> alone.isEmpty() || !reveal.columns().selectingTags(tags).containsAll(alone))
                .map(reveal -> new Finding(reveal.name(), "leaves masked what '%s' masks (%s".formatted(selected.policy().name(),
                        MaskReasons.selected(selected.match()) + "), on"), name));
    }

    private static Stream<Mask.Type> types(Selecting selecting) {
        return selecting.policy().rules().stream().map(rule -> rule.mask().type());
    }

    private Optional<String> missing(CompiledPolicy.RowRule rule, PolicySnapshot snapshot, TableRow row) {
        return switch (rule) {
            case CompiledPolicy.RowRule.Matches matches -> switch (matches.matches().column()) {
                case ColumnReference.ByName name -> missing(ImmutableSet.of(name.name()), row);
                case ColumnReference.ByTag tag -> row.columnsTagged(tag.tag()).isEmpty()
                        ? Optional.of("no column tagged '%s'".formatted(tag.tag()))
                        : Optional.empty();
            };
            case CompiledPolicy.RowRule.Where where -> missing(where.condition(), row).or(() -> mistake(where.condition(), row));
            case CompiledPolicy.RowRule.TimeWindow _ -> timeWindows.missing(row);
            case CompiledPolicy.RowRule.Minimize _ -> rowShares.missing(snapshot, row);
            case CompiledPolicy.RowRule.Purposes _ -> Optional.empty();
        };
    }

    private static Optional<String> missing(PolicyText text, TableRow row) {
        return missing(text.columns(), row).or(() -> text.tags().stream().sorted()
                .filter(tag -> row.columnsTagged(tag).size() != 1)
                .map(tag -> (row.columnsTagged(tag).isEmpty() ? "no column tagged '%s'" : "more than one column tagged '%s'")
                        .formatted(tag))
                .findFirst());
    }

    private static Optional<String> mistake(PolicyText text, TableRow row) {
        return MaskFit.mistake(text, row).map("a mistake in it: %s"::formatted);
    }

    private static Optional<String> missing(Set<String> columns, TableRow row) {
        return columns.stream().sorted().filter(column -> row.type(column).isEmpty()).map("no column '%s'"::formatted).findFirst();
    }
}
