package io.github.trinopolicy.policy;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.masking.InvalidPatternException;
import io.github.trinopolicy.masking.InvalidReplacementException;
import io.github.trinopolicy.masking.RegexReplacement;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarcharType;
import io.trino.sql.tree.ArithmeticBinaryExpression;
import io.trino.sql.tree.ArithmeticUnaryExpression;
import io.trino.sql.tree.BetweenPredicate;
import io.trino.sql.tree.BinaryLiteral;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.BooleanTestPredicate;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.CoalesceExpression;
import io.trino.sql.tree.ComparisonPredicate;
import io.trino.sql.tree.CurrentUser;
import io.trino.sql.tree.DecimalLiteral;
import io.trino.sql.tree.DistinctFromPredicate;
import io.trino.sql.tree.DoubleLiteral;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.GenericLiteral;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.IfExpression;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.IsNullPredicate;
import io.trino.sql.tree.LikePredicate;
import io.trino.sql.tree.LogicalExpression;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.NotExpression;
import io.trino.sql.tree.NullIfExpression;
import io.trino.sql.tree.NullLiteral;
import io.trino.sql.tree.Predicate;
import io.trino.sql.tree.Predicated;
import io.trino.sql.tree.SearchedCaseExpression;
import io.trino.sql.tree.SimpleCaseExpression;
import io.trino.sql.tree.StringLiteral;
import io.trino.sql.tree.Trim;
import io.trino.sql.tree.TryExpression;
import io.trino.sql.tree.WhenClause;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Tells whether Trino takes an expression over a row as a value of a type. A mask that Trino does not take makes it refuse each query of the
/// table, so what is not known here is refused, though Trino may take it.
///
/// Takes policy texts before and after what is known of the user has been filled in. Thread-safe.
public final class TypeChecker {
    private TypeChecker() {
    }

    /// Why the expression cannot stand for a value of the type; empty where it can, in [TrinoSql#converted].
    public static Optional<String> refusal(Expression expression, Type type, RowScope row) {
        try {
            Walk walk = new Walk(row);
            KnownType result = walk.typed(expression);
            ValueKind target = ValueKind.of(type);
            boolean fits = result.type().equals(Optional.of(type))
                    || (result.kind().convertsTo(target) && !(result.kind().isMoment() && isBounded(type)));
            return fits
                    ? Optional.empty()
                    : Optional.of("its value is %s, which does not become %s".formatted(result.kind().inWords(), type.getDisplayName()));
        }
        catch (UntypedException e) {
            return Optional.of(e.getMessage());
        }
        catch (UnresolvedColumnException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// Whether the expression is a condition over the row. One that reads a column which the row lacks is unknown.
    public static Judgement judge(Expression expression, RowScope row) {
        Walk walk = new Walk(row);
        try {
            walk.condition(expression);
            return new Judgement(Judgement.Verdict.FITS, Optional.empty(), walk.convertsSafely);
        }
        catch (UntypedException e) {
            return new Judgement(e.wrong ? Judgement.Verdict.WRONG : Judgement.Verdict.UNKNOWN, Optional.of(e.getMessage()), false);
        }
        catch (UnresolvedColumnException e) {
            return new Judgement(Judgement.Verdict.UNKNOWN, Optional.of(String.valueOf(e.getMessage())), false);
        }
    }

    private static final class UntypedException extends RuntimeException {
        private final String message;
        private final boolean wrong;

        private UntypedException(String message) {
            this(message, false);
        }

        /// @param wrong true where Trino certainly does not take it
        private UntypedException(String message, boolean wrong) {
            super(message);
            this.message = requireNonNull(message, "message is null");
            this.wrong = wrong;
        }

        @Override
        public String getMessage() {
            return message;
        }
    }

    private static final class Walk {
        private final RowScope row;
        private boolean convertsSafely = true;

        private Walk(RowScope row) {
            this.row = requireNonNull(row, "row is null");
        }

        private KnownType typed(Expression expression) {
            return switch (expression) {
                case NullLiteral _ -> KnownType.of(ValueKind.NULL);
                case BooleanLiteral _ -> KnownType.of(ValueKind.BOOLEAN);
                case LongLiteral _ -> KnownType.of(ValueKind.INTEGER);
                case DoubleLiteral _ -> KnownType.of(ValueKind.DOUBLE);
                case DecimalLiteral literal -> decimal(literal);
                case StringLiteral _,CurrentUser _ -> KnownType.of(ValueKind.VARCHAR);
                case BinaryLiteral _ -> KnownType.of(ValueKind.VARBINARY);
                case GenericLiteral literal -> KnownType.of(moment(literal));
                case Identifier column -> column(column.getValue().toLowerCase(ENGLISH));
                case ArithmeticUnaryExpression unary -> KnownType.of(number(unary.getValue()));
                case ArithmeticBinaryExpression binary ->
                    KnownType.of(number(binary.getLeft()).common(number(binary.getRight())).orElseThrow(() -> unknown(binary)));
                case NotExpression not -> condition(not.getValue());
                case LogicalExpression logical -> {
                    logical.getTerms().forEach(this::condition);
                    yield KnownType.of(ValueKind.BOOLEAN);
                }
                case Predicated predicated -> {
                    check(predicated.getValue(), predicated.getPredicate());
                    yield KnownType.of(ValueKind.BOOLEAN);
                }
                case CoalesceExpression coalesce -> common(coalesce.getOperands());
                case NullIfExpression nullIf -> {
                    comparable(List.of(nullIf.getFirst(), nullIf.getSecond()));
                    yield typed(nullIf.getFirst());
                }
                case IfExpression choice -> {
                    condition(choice.getCondition());
                    yield common(Stream.concat(Stream.of(choice.getTrueValue()), choice.getFalseValue().stream()).toList());
                }
                case SearchedCaseExpression choice -> searchedCase(choice);
                case SimpleCaseExpression choice -> simpleCase(choice);
                case TryExpression tried -> typed(tried.getInnerExpression());
                case Cast cast -> cast(cast);
                case Trim trim when trim.getTrimCharacter().isEmpty() && kind(trim.getTrimSource()) == ValueKind.VARCHAR ->
                    KnownType.of(ValueKind.VARCHAR);
                case FunctionCall call -> call(call);
                default -> throw unknown(expression);
            };
        }

        private ValueKind kind(Expression expression) {
            return typed(expression).kind();
        }

        private KnownType column(String name) {
            return row.type(name).map(KnownType::of)
                    .orElseThrow(() -> new UntypedException("there is no column '%s'".formatted(name)));
        }

        private ValueKind number(Expression expression) {
            ValueKind kind = kind(expression);
            if (!kind.isNumber()) {
                throw new UntypedException("'%s' is %s, where a number is needed".formatted(expression, kind.inWords()),
                        !kind.isUnknown() && kind.neverGoesWith(ValueKind.INTEGER) && !kind.isMoment());
            }
            return kind;
        }

        private KnownType condition(Expression expression) {
            ValueKind kind = kind(expression);
            if (kind != ValueKind.BOOLEAN && kind != ValueKind.NULL) {
                throw new UntypedException("'%s' is %s, where a condition is needed".formatted(expression, kind.inWords()),
                        !kind.isUnknown());
            }
            return KnownType.of(ValueKind.BOOLEAN);
        }

        private KnownType common(List<Expression> expressions) {
            KnownType result = KnownType.of(ValueKind.NULL);
            for (Expression expression : expressions) {
                KnownType next = typed(expression);
                KnownType before = result;
                result = before.common(next).orElseThrow(() -> new UntypedException("'%s' is %s, which does not go with %s%s".formatted(
                        expression, next.kind().inWords(), before.kind().inWords(),
                        next.kind().isZonedAgainst(before.kind()) ? ": the zone would be that of the session" : ""),
                        next.kind().neverGoesWith(before.kind())));
                convertsSafely &= result.holdsAll();
            }
            return result;
        }

        /// Comparing arrays, maps and rows can fail, and so can telling their order.
        private void comparable(List<Expression> expressions) {
            ValueKind kind = common(expressions).kind();
            if (!kind.isOrderable()) {
                throw new UntypedException("'%s' is %s, which cannot be compared here".formatted(expressions.getFirst(), kind.inWords()));
            }
        }

        private void check(Expression value, Predicate predicate) {
            switch (predicate) {
                case IsNullPredicate _ -> typed(value);
                case BooleanTestPredicate _ -> condition(value);
                case ComparisonPredicate comparison -> comparable(List.of(value, comparison.getRight()));
                case DistinctFromPredicate distinct -> comparable(List.of(value, distinct.getRight()));
                case BetweenPredicate between -> comparable(List.of(value, between.getMin(), between.getMax()));
                case InPredicate in when in.getValueList() instanceof InListExpression list ->
                    comparable(Stream.concat(Stream.of(value), list.getValues().stream()).toList());
                // a pattern without an escape character is always one
                case LikePredicate like when like.getEscape().isEmpty() && kind(value) == ValueKind.VARCHAR
                        && kind(like.getPattern()) == ValueKind.VARCHAR ->
                    {
                    }
                default -> throw unknown(value);
            }
        }

        private KnownType searchedCase(SearchedCaseExpression choice) {
            List<Expression> results = new ArrayList<>();
            for (WhenClause clause : choice.getWhenClauses()) {
                if (!(clause.getMatch() instanceof WhenClause.Operand operand)) {
                    throw unknown(choice);
                }
                condition(operand.expression());
                results.add(clause.getResult());
            }
            choice.getDefaultValue().ifPresent(results::add);
            return common(results);
        }

        private KnownType simpleCase(SimpleCaseExpression choice) {
            List<Expression> operands = new ArrayList<>();
            List<Expression> results = new ArrayList<>();
            operands.add(choice.getOperand());
            for (WhenClause clause : choice.getWhenClauses()) {
                if (!(clause.getMatch() instanceof WhenClause.Operand operand)) {
                    throw unknown(choice);
                }
                operands.add(operand.expression());
                results.add(clause.getResult());
            }
            comparable(operands);
            choice.getDefaultValue().ifPresent(results::add);
            return common(results);
        }

        private KnownType cast(Cast cast) {
            ValueKind from = kind(cast.getExpression());
            KnownType to = DeclaredType.of(cast.getType()).orElseThrow(
                    () -> new UntypedException("type '%s' is not one that a policy can convert to".formatted(cast.getType())));
            if (!from.convertsTo(to.kind())
                    || (from.isMoment() && to.kind() == ValueKind.VARCHAR && DeclaredType.isBounded(cast.getType()))) {
                throw new UntypedException(
                        "'%s' is %s, which does not become %s".formatted(cast.getExpression(), from.inWords(), to.kind().inWords()));
            }
            return to;
        }

        private KnownType call(FunctionCall call) {
            if (TrinoSql.isSetLookup(call)) {
                return KnownType.of(ValueKind.BOOLEAN);
            }
            String name = call.getName().toString().toLowerCase(ENGLISH);
            List<Expression> arguments = call.argumentValues();
            Optional<PolicyFunction> policyFunction = PolicyFunction.named(name);
            if (policyFunction.isPresent()) {
                return policyFunction(policyFunction.get(), arguments);
            }
            List<ValueKind> kinds = arguments.stream().map(this::kind).collect(toImmutableList());
            return switch (name) {
                case "concat" -> {
                    if (kinds.size() < 2 || !kinds.stream().allMatch(kind -> kind == ValueKind.VARCHAR)) {
                        throw notTaken(name, kinds);
                    }
                    yield KnownType.of(ValueKind.VARCHAR);
                }
                case "greatest", "least" -> {
                    comparable(arguments);
                    if (kinds.contains(ValueKind.NULL)) {
                        throw notTaken(name, kinds);
                    }
                    yield common(arguments);
                }
                case "regexp_like", "regexp_extract", "regexp_replace" -> KnownType.of(regexp(name, kinds, arguments));
                default -> KnownType.of(TypedFunctions.result(name, kinds, arguments).orElseThrow(() -> notTaken(name, kinds)));
            };
        }

        private KnownType policyFunction(PolicyFunction function, List<Expression> arguments) {
            return switch (function) {
                case HAS_ATTRIBUTE, ATTRIBUTE_VALUES_CONTAIN, IN_ANY_GROUP, IN_ALL_GROUPS, GROUPS_CONTAIN, USING_PURPOSE,
                        PURPOSES_CONTAIN ->
                    KnownType.of(ValueKind.BOOLEAN);
                case CURRENT_PROJECT -> KnownType.of(ValueKind.VARCHAR);
                case MASKED_COLUMN -> column(row.maskedColumn().orElseThrow(() -> new UntypedException("no column is masked here")));
                case COLUMN_TAGGED -> {
                    String tag = ((StringLiteral) arguments.getFirst()).getValue();
                    List<String> columns = row.columnsTagged(tag);
                    if (columns.size() != 1) {
                        throw new UntypedException((columns.isEmpty()
                                ? "there is no column tagged '%s'"
                                : "there is more than one column tagged '%s'").formatted(tag));
                    }
                    yield column(columns.getFirst());
                }
            };
        }

        /// Patterns and replacements are written out, and read here: Trino reads them before the first row.
        private static ValueKind regexp(String function, List<ValueKind> kinds, List<Expression> arguments) {
            int most = function.equals("regexp_like") ? 2 : 3;
            if (kinds.size() < 2 || kinds.size() > most || kinds.getFirst() != ValueKind.VARCHAR
                    || !(arguments.get(1) instanceof StringLiteral pattern)) {
                throw new UntypedException("'%s' takes varchar and a pattern in single quotes here".formatted(function));
            }
            String replacement = "";
            if (kinds.size() == 3 && function.equals("regexp_replace")) {
                if (!(arguments.get(2) instanceof StringLiteral literal)) {
                    throw new UntypedException("'regexp_replace' takes a replacement in single quotes here");
                }
                replacement = literal.getValue();
            }
            else if (kinds.size() == 3 && !(arguments.get(2) instanceof LongLiteral)) {
                throw new UntypedException("'regexp_extract' takes the number of a group here");
            }
            try {
                RegexReplacement.compile(pattern.getValue(), replacement);
            }
            catch (InvalidPatternException | InvalidReplacementException e) {
                throw new UntypedException("'%s': %s".formatted(function, e.getMessage()));
            }
            return function.equals("regexp_like") ? ValueKind.BOOLEAN : ValueKind.VARCHAR;
        }

        private static KnownType decimal(DecimalLiteral literal) {
            BigDecimal value = new BigDecimal(literal.getValue());
            int precision = Math.max(value.precision(), value.scale());
            if (precision > DeclaredType.MAXIMUM_DIGITS) {
                throw new UntypedException("'%s' has more than %s digits".formatted(literal, DeclaredType.MAXIMUM_DIGITS), true);
            }
            return KnownType.of(DecimalType.createDecimalType(precision, value.scale()));
        }

        private static ValueKind moment(GenericLiteral literal) {
            String type = literal.getType().toLowerCase(ENGLISH);
            try {
                if (type.equals("date") && literal.getValue().length() == 10) {
                    LocalDate.parse(literal.getValue());
                    return ValueKind.DATE;
                }
                if (type.equals("timestamp") && literal.getValue().length() >= 19) {
                    DateTimeFormatter.ISO_LOCAL_DATE_TIME.parse(literal.getValue().replace(' ', 'T'));
                    return ValueKind.TIMESTAMP;
                }
            }
            catch (DateTimeParseException e) {
                // Trino may read more than these forms
                throw new UntypedException("'%s' is no %s".formatted(literal.getValue(), type));
            }
            throw new UntypedException("'%s' is not known here; write CAST('...' AS ...)".formatted(literal));
        }

        private static UntypedException notTaken(String function, List<ValueKind> kinds) {
            return new UntypedException("it is not known that '%s' takes (%s)%s".formatted(function,
                    String.join(", ", kinds.stream().map(ValueKind::inWords).toList()),
                    kinds.contains(ValueKind.CHAR) ? "; write CAST(... AS varchar)" : ""), TypedFunctions.neverTakes(function, kinds));
        }

        private static UntypedException unknown(Node node) {
            return new UntypedException("the type of '%s' is not known".formatted(node));
        }
    }

    /// Trino makes texts of points in time that are longer than the type allows, and fails over a constant one where no TRY helps.
    private static boolean isBounded(Type type) {
        return type instanceof VarcharType varchar && !varchar.isUnbounded();
    }

}
