package io.github.trinopolicy.decision;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.decision.TestingRowReader.Sight;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.policy.Subject;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.ComparisonPredicate;
import io.trino.sql.tree.CurrentUser;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.IsNullPredicate;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.NotExpression;
import io.trino.sql.tree.Predicated;
import io.trino.sql.tree.StringLiteral;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a user sees of one row, computed as literally as the semantics can be written down: policy by policy, without compiling, folding or
/// indexing anything. For text columns and the texts of the tests; all columns are approved.
final class TestingReference {
    private final ObjectName table;
    private final Set<String> tableTags;
    private final ImmutableSetMultimap<String, String> columnTags;
    private final Set<String> columns;
    private final SqlParser parser = new SqlParser();
    private final Map<String, Expression> parsed = new HashMap<>();

    /// @param tableTags own and inherited
    /// @param columnTags of each column, its own
    TestingReference(ObjectName table, Set<String> tableTags, Map<String, Set<String>> columnTags) {
        this.table = table;
        this.tableTags = ImmutableSet.copyOf(tableTags);
        ImmutableSetMultimap.Builder<String, String> tags = ImmutableSetMultimap.builder();
        columnTags.forEach(tags::putAll);
        this.columnTags = tags.build();
        this.columns = ImmutableSet.copyOf(columnTags.keySet());
    }

    private record Row(Subject subject, Map<String, String> values) {}

    private static final class MissingColumnException extends RuntimeException {
    }

    /// A mask that applies to the row.
    private record Applicable(Policy policy, Policy.Masking masking, Mask mask, Way way) {}

    /// How a column is selected, 0 the closest.
    ///
    /// @param tags those of the selector that the column has
    private record Way(int rank, Set<String> tags) {}

    Map<String, Sight> see(Collection<Policy> policies, Subject subject, Map<String, String> values) {
        Row row = new Row(subject, values);
        List<Policy> active = policies.stream().filter(policy -> policy.state() == Policy.State.ACTIVE).toList();
        boolean shown = granted(active, row) && active.stream().allMatch(policy -> lets(policy, row));
        ImmutableMap.Builder<String, Sight> seen = ImmutableMap.builder();
        columns.forEach(column -> seen.put(column, shown ? cell(active, row, column) : Sight.ABSENT));
        return seen.buildOrThrow();
    }

    private boolean granted(List<Policy> policies, Row row) {
        return policies.stream().anyMatch(policy -> policy.body() instanceof Policy.Access access && selects(access.appliesTo())
                && access.rule() instanceof Policy.AccessRule.Grant grant && certainly(grant.to(), row));
    }

    /// False where a guardrail or row filter hides the row.
    private boolean lets(Policy policy, Row row) {
        return switch (policy.body()) {
            case Policy.Access access when access.rule() instanceof Policy.AccessRule.Guardrail guardrail ->
                !selects(access.appliesTo()) || certainly(guardrail.condition(), row);
            case Policy.RowFilter filter -> !selects(filter.appliesTo()) || exempt(policy, row) || passes(filter.rule(), row);
            default -> true;
        };
    }

    private boolean passes(Policy.RowRule rule, Row row) {
        return switch (rule) {
            case Policy.RowRule.Where where -> certainly(where.condition(), row);
            case Policy.RowRule.Matches matches -> {
                Collection<String> allowed = matches.attribute().<Collection<String>>map(row.subject().attributes()::get)
                        .orElse(row.subject().groups());
                List<String> columns = switch (matches.column()) {
                    case Policy.ColumnReference.ByName name -> List.of(name.name());
                    case Policy.ColumnReference.ByTag tag -> columnsTagged(tag.tag());
                };
                yield !columns.isEmpty() && columns.stream().allMatch(column -> {
                    String value = row.values().get(column);
                    return value != null && allowed.contains(value);
                });
            }
            default -> throw new AssertionError("no filter of these tests: " + rule);
        };
    }

    private Sight cell(List<Policy> policies, Row row, String column) {
        List<Applicable> applicable = new ArrayList<>();
        for (Policy policy : policies) {
            if (policy.body() instanceof Policy.Masking masking && !exempt(policy, row)
                    && !revealed(policies, masking.columns(), row, column)
                    && notCertainlyFalse(masking.condition(), row)) {
                Optional<Mask> mask = masking.rules().stream()
                        .filter(rule -> rule.forWhom().map(text -> certainly(text, row)).orElse(true))
                        .map(Policy.MaskRule::mask).findFirst();
                mask.ifPresent(found -> way(masking.columns(), column)
                        .ifPresent(way -> applicable.add(new Applicable(policy, masking, found, way))));
            }
        }
        return applicable.stream()
                .filter(mask -> applicable.stream().noneMatch(other -> outranks(other.way(), mask.way())))
                .min(comparing((Applicable mask) -> mask.mask().type())
                        .thenComparing(comparingInt((Applicable mask) -> mask.masking().priority()).reversed())
                        .thenComparing(mask -> mask.policy().name()))
                .map(mask -> switch (mask.mask().type()) {
                    case NULL, CONSTANT -> Sight.NOTHING;
                    case HASH -> Sight.HASH;
                    default -> throw new AssertionError("no mask of these tests: " + mask);
                })
                .orElse(Sight.RAW);
    }

    /// True where the column is selected by tags alone, each of which a reveal policy lays open to the user.
    private boolean revealed(List<Policy> policies, ColumnSelector selector, Row row, String column) {
        if (way(selector, column).filter(way -> way.rank() == 2).isEmpty()
                || selector.in().stream().anyMatch(object -> object.contains(table))) {
            return false;
        }
        return tags(column).stream().filter(tag -> isBelowOne(tag, selector.tags()))
                .allMatch(tag -> policies.stream().anyMatch(policy -> policy.body() instanceof Policy.Reveal reveal
                        && way(reveal.columns(), column).isPresent() && isBelowOne(tag, reveal.columns().tags()) && switch (reveal.to()) {
                            case Policy.Beneficiary.Condition to -> certainly(to.text(), row);
                            case Policy.Beneficiary.AttributeMatchesTag to ->
                                isBelowOne(tag, row.subject().attributes().get(to.attribute()));
                        }));
    }

    private static boolean isBelowOne(String tag, Collection<String> ancestors) {
        return ancestors.stream().anyMatch(ancestor -> DottedPath.isSameOrBelow(tag, ancestor));
    }

    private Set<String> tags(String column) {
        return ImmutableSet.<String>builder().addAll(tableTags).addAll(columnTags.get(column)).build();
    }

    /// A tag outranks its own ancestors, and nothing else of its rank.
    private static boolean outranks(Way way, Way other) {
        if (way.rank() != other.rank()) {
            return way.rank() < other.rank();
        }
        return !other.tags().isEmpty() && other.tags().stream().allMatch(tag -> way.tags().stream()
                .anyMatch(closer -> !closer.equals(tag) && DottedPath.isSameOrBelow(closer, tag)));
    }

    /// The closest way in which the selector selects the column.
    private Optional<Way> way(ColumnSelector selector, String column) {
        if (selector.not().flatMap(not -> way(not, column)).isPresent()) {
            return Optional.empty();
        }
        if (selector.names().stream().anyMatch(name -> name.table().equals(table) && name.column().equals(column))) {
            return Optional.of(new Way(0, Set.of()));
        }
        if (selector.pattern().filter(column::matches).isPresent()) {
            return Optional.of(new Way(1, Set.of()));
        }
        Set<String> selected = ImmutableSet.copyOf(selector.tags().stream().filter(wanted -> isAmong(tags(column), wanted)).toList());
        if (!selected.isEmpty()) {
            return Optional.of(new Way(2, selected));
        }
        return selector.in().stream().filter(object -> object.contains(table))
                .map(object -> new Way(object.isTable() ? 3 : object.schema().isPresent() ? 4 : 5, Set.of()))
                .min(comparingInt(Way::rank));
    }

    private boolean selects(ObjectSelector selector) {
        return selector.all() || selector.dataSources().stream().anyMatch(object -> object.contains(table))
                || selector.tags().stream().anyMatch(wanted -> isAmong(tableTags, wanted));
    }

    private static boolean isAmong(Set<String> tags, String wanted) {
        return tags.stream().anyMatch(tag -> DottedPath.isSameOrBelow(tag, wanted));
    }

    private List<String> columnsTagged(String tag) {
        return columns.stream().filter(column -> isAmong(columnTags.get(column), tag)).toList();
    }

    private boolean exempt(Policy policy, Row row) {
        return policy.exempt().filter(text -> certainly(text, row)).isPresent();
    }

    private boolean certainly(String text, Row row) {
        try {
            return value(parse(text), row).equals(Optional.of(true));
        }
        catch (MissingColumnException e) {
            return false;
        }
    }

    /// A condition on a column that the table lacks is not certainly false, whatever stands around it.
    private boolean notCertainlyFalse(Optional<String> text, Row row) {
        try {
            return text.isEmpty() || !value(parse(text.get()), row).equals(Optional.of(false));
        }
        catch (MissingColumnException e) {
            return true;
        }
    }

    private Expression parse(String text) {
        return parsed.computeIfAbsent(text, parser::createExpression);
    }

    /// In three-valued logic; empty stands for unknown.
    private Optional<Boolean> value(Node node, Row row) {
        return switch (node) {
            case BooleanLiteral literal -> Optional.of(literal.getValue());
            case NotExpression not -> value(not.getValue(), row).map(value -> !value);
            case LogicalExpression logical -> {
                boolean or = logical.getOperator() == LogicalExpression.Operator.OR;
                List<Optional<Boolean>> terms = logical.getTerms().stream().map(term -> value(term, row)).toList();
                yield terms.contains(Optional.of(or))
                        ? Optional.of(or)
                        : terms.stream().allMatch(Optional::isPresent) ? Optional.of(!or) : Optional.empty();
            }
            case Predicated predicated -> value(predicated, row);
            case FunctionCall call -> value(call, row);
            default -> throw new AssertionError("no text of these tests: " + node);
        };
    }

    private Optional<Boolean> value(Predicated predicated, Row row) {
        Optional<String> left = text(predicated.getValue(), row);
        return switch (predicated.getPredicate()) {
            case IsNullPredicate predicate -> Optional.of(left.isEmpty() != predicate.isNegated());
            case ComparisonPredicate predicate -> {
                boolean equal = predicate.getOperator() == ComparisonPredicate.Operator.EQUAL;
                yield left.flatMap(value -> text(predicate.getRight(), row).map(right -> value.equals(right) == equal));
            }
            case InPredicate predicate -> left.map(value -> ((InListExpression) predicate.getValueList()).getValues().stream()
                    .anyMatch(element -> text(element, row).equals(Optional.of(value))) != predicate.isNegated());
            default -> throw new AssertionError("no predicate of these tests: " + predicated);
        };
    }

    private Optional<Boolean> value(FunctionCall call, Row row) {
        List<Expression> arguments = call.argumentValues();
        Subject subject = row.subject();
        return switch (call.getName().toString()) {
            case "has_attribute" -> Optional.of(subject.attributes().containsEntry(literal(arguments.get(0)), literal(arguments.get(1))));
            case "in_any_group" -> Optional.of(arguments.stream().anyMatch(group -> subject.groups().contains(literal(group))));
            case "in_all_groups" -> Optional.of(arguments.stream().allMatch(group -> subject.groups().contains(literal(group))));
            case "attribute_values_contain" -> contains(subject.attributes().get(literal(arguments.get(0))), text(arguments.get(1), row));
            case "groups_contain" -> contains(subject.groups(), text(arguments.get(0), row));
            default -> throw new AssertionError("no function of these tests: " + call);
        };
    }

    /// Nothing is among no values; whether NULL is among some is unknown.
    private static Optional<Boolean> contains(Collection<String> values, Optional<String> value) {
        return values.isEmpty() ? Optional.of(false) : value.map(values::contains);
    }

    private Optional<String> text(Expression expression, Row row) {
        return switch (expression) {
            case StringLiteral literal -> Optional.of(literal.getValue());
            case CurrentUser _ -> Optional.of(row.subject().user());
            case Identifier column -> column(column.getValue(), row);
            case FunctionCall call when call.getName().toString().equals("current_project") -> row.subject().project();
            case FunctionCall call when call.getName().toString().equals("column_tagged") -> {
                List<String> columns = columnsTagged(literal(call.argumentValues().getFirst()));
                if (columns.size() != 1) {
                    throw new MissingColumnException();
                }
                yield column(columns.getFirst(), row);
            }
            default -> throw new AssertionError("no text of these tests: " + expression);
        };
    }

    private Optional<String> column(String name, Row row) {
        if (!columns.contains(name)) {
            throw new MissingColumnException();
        }
        return Optional.ofNullable(row.values().get(name));
    }

    private static String literal(Expression expression) {
        return ((StringLiteral) expression).getValue();
    }
}
