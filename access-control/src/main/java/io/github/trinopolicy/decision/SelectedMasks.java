package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.github.trinopolicy.decision.TableExplanation.MaskVerdict;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.MapType;
import io.trino.spi.type.RowType;
import io.trino.spi.type.Type;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.NullLiteral;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What the policies that select a column, or a part of one, come to for a user, with the same for the parts within.
///
/// The masks of a part see what those of the whole have left. So they hide no less than without the others, whichever these are.
///
/// @param exempt names of the policies of which the exception holds
/// @param revealed which policies do not hold because of a reveal policy, and why
/// @param others for each policy that selects the part and is no candidate, what to say of it when somebody asks
/// @param within by position, as [PartSteps] counts
record SelectedMasks(ColumnPart part, List<MaskCandidate> candidates, List<String> exempt, List<String> revealed,
        List<Supplier<MaskVerdict>> others, SortedMap<Integer, SelectedMasks> within) {
    SelectedMasks {
        requireNonNull(part, "part is null");
        candidates = ImmutableList.copyOf(candidates);
        exempt = ImmutableList.copyOf(exempt);
        revealed = ImmutableList.copyOf(revealed);
        others = ImmutableList.copyOf(others);
        within = ImmutableSortedMap.copyOf(within);
    }

    SelectedMasks with(SortedMap<Integer, SelectedMasks> parts) {
        return new SelectedMasks(part, candidates, exempt, revealed, others, parts);
    }

    /// These and those of the parts within, the outer ones first.
    Stream<SelectedMasks> all() {
        return Stream.concat(Stream.of(this), inner());
    }

    Stream<SelectedMasks> inner() {
        return within.values().stream().flatMap(SelectedMasks::all);
    }

    boolean maskParts() {
        return inner().anyMatch(masks -> !masks.candidates().isEmpty());
    }

    boolean maskNothing() {
        return all().allMatch(masks -> masks.candidates().isEmpty());
    }

    /// True where the whole is NULL in every row, whatever is said of its parts.
    boolean hideAll() {
        return expression() instanceof NullLiteral;
    }

    boolean underException() {
        return all().anyMatch(masks -> !masks.exempt().isEmpty() || !masks.revealed().isEmpty());
    }

    /// Why masks do not hold; empty where there are none such.
    String exceptions() {
        return Stream.concat(
                exempt.isEmpty() ? Stream.empty() : Stream.of("'exempt' of %s holds".formatted(String.join(", ", exempt))),
                revealed.stream()).collect(joining("; "));
    }

    /// What replaces the part, made of its variable.
    Expression expression() {
        Expression raw = PartialEvaluator.columnReference(part.variable().name());
        return MaskChoice.choose(candidates.stream()
                .map(candidate -> candidate.withMask(masked(candidate.mask().expression()))).collect(toImmutableList()), masked(raw));
    }

    /// The value with the parts within masked, of exactly the same type.
    private Expression masked(Expression value) {
        if (value instanceof NullLiteral || !maskParts()) {
            return value;
        }
        return switch (part.variable().type()) {
            case RowType row -> {
                Map<Integer, Expression> fields = new TreeMap<>();
                within.forEach((position, masks) -> fields.put(position,
                        TrinoSql.replaced(masks.typed(), masks.variable(), TrinoSql.field(value, position))));
                yield TrinoSql.fields(value, row, row.getFields().size(), fields);
            }
            case ArrayType _ -> within.values().stream().reduce(value,
                    (array, masks) -> TrinoSql.elements(array, masks.variable(), masks.typed()), (_, second) -> second);
            case MapType _ -> within.values().stream().reduce(value,
                    (map, masks) -> TrinoSql.values(map, masks.variable(), masks.typed()), (_, second) -> second);
            case Type type -> throw new IllegalStateException("type %s has no parts".formatted(type.getDisplayName()));
        };
    }

    private String variable() {
        return part.variable().name();
    }

    private Expression typed() {
        return TrinoSql.typed(expression(), part.variable().type());
    }

    /// What the whole and its parts look like, in words that hold no key.
    String appearance(ObjectName table, String column) {
        String whole = MaskReasons.appearance(candidates);
        if (hideAll() || !maskParts()) {
            return whole;
        }
        return inner().filter(masks -> !masks.candidates().isEmpty())
                .map(masks -> "%s %s".formatted(masks.part().name(table, column), masks.named(table, column)))
                .collect(joining(", ", whole + ", with ", ""));
    }

    private String named(ObjectName table, String column) {
        Expression name = PartialEvaluator.columnReference(part.name(table, column));
        return MaskReasons.appearance(candidates.stream().map(candidate -> candidate.over(variable(), name)).collect(toImmutableList()));
    }
}
