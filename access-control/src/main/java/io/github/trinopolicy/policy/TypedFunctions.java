package io.github.trinopolicy.policy;

import static io.github.trinopolicy.policy.TypedFunctions.Parameter.CLOCK;
import static io.github.trinopolicy.policy.TypedFunctions.Parameter.COUNT;
import static io.github.trinopolicy.policy.TypedFunctions.Parameter.DAY;
import static io.github.trinopolicy.policy.TypedFunctions.Parameter.INTEGER;
import static io.github.trinopolicy.policy.TypedFunctions.Parameter.NUMBER;
import static io.github.trinopolicy.policy.TypedFunctions.Parameter.TEXT;
import static io.github.trinopolicy.policy.TypedFunctions.Parameter.UNIT;
import static io.github.trinopolicy.policy.TypedFunctions.Parameter.VARBINARY;
import static io.github.trinopolicy.policy.TypedFunctions.Parameter.VARCHAR;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.StringLiteral;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// What is known of the types of Trino's functions: less than they take, never more.
final class TypedFunctions {
    private static final Set<String> UNITS = ImmutableSet.of("week", "month", "quarter", "year");

    enum Parameter {
        TEXT,
        VARCHAR,
        VARBINARY,
        INTEGER,
        /// written out, and small enough that no value can make the result huge
        COUNT,
        /// no decimal: of some, Trino's own functions fail with an internal error that no TRY stops
        NUMBER,
        DAY,
        CLOCK,
        /// written out, one that dates have
        UNIT;

        private static final long MAXIMUM_COUNT = 10_000;

        private boolean neverTakes(ValueKind kind) {
            return switch (this) {
                // of some functions there are others for binary values
                case TEXT, VARCHAR, VARBINARY -> !kind.isUnknown() && !kind.isBytes();
                case INTEGER, COUNT, NUMBER -> kind == ValueKind.BOOLEAN || kind.isBytes();
                case DAY, CLOCK, UNIT -> false;
            };
        }

        private boolean takes(ValueKind kind, Expression argument) {
            return switch (this) {
                case TEXT -> kind.isText();
                case VARCHAR -> kind == ValueKind.VARCHAR;
                case VARBINARY -> kind == ValueKind.VARBINARY;
                case INTEGER -> kind == ValueKind.INTEGER;
                case COUNT -> argument instanceof LongLiteral literal && literal.getParsedValue() <= MAXIMUM_COUNT;
                case NUMBER -> kind.isNumber() && kind != ValueKind.DECIMAL;
                case DAY -> kind == ValueKind.DATE || kind == ValueKind.TIMESTAMP;
                case CLOCK -> kind == ValueKind.TIME || kind == ValueKind.TIMESTAMP;
                case UNIT -> argument instanceof StringLiteral literal && UNITS.contains(literal.getValue());
            };
        }
    }

    /// @param result empty: the kind of the last argument
    private record Signature(Optional<ValueKind> result, List<Parameter> parameters) {
        private boolean takes(List<ValueKind> kinds, List<Expression> arguments) {
            if (kinds.size() != parameters.size()) {
                return false;
            }
            for (int i = 0; i < kinds.size(); i++) {
                if (!parameters.get(i).takes(kinds.get(i), arguments.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final ImmutableListMultimap<String, Signature> SIGNATURES = new Signatures()
            .add(ValueKind.INTEGER, ImmutableList.of("length"), TEXT)
            .add(ValueKind.INTEGER, ImmutableList.of("length"), VARBINARY)
            .add(ValueKind.VARCHAR, ImmutableList.of("lower", "upper", "reverse", "trim", "ltrim", "rtrim"), VARCHAR)
            .add(ValueKind.VARCHAR, ImmutableList.of("substr", "substring"), VARCHAR, INTEGER)
            .add(ValueKind.VARCHAR, ImmutableList.of("substr", "substring"), VARCHAR, INTEGER, INTEGER)
            .add(ValueKind.VARCHAR, ImmutableList.of("replace"), VARCHAR, VARCHAR)
            .add(ValueKind.VARCHAR, ImmutableList.of("replace", "translate"), VARCHAR, VARCHAR, VARCHAR)
            .add(ValueKind.VARCHAR, ImmutableList.of("lpad", "rpad"), VARCHAR, COUNT, VARCHAR)
            .add(ValueKind.VARCHAR, ImmutableList.of("split_part"), VARCHAR, VARCHAR, INTEGER)
            .add(ValueKind.INTEGER, ImmutableList.of("strpos", "levenshtein_distance"), VARCHAR, VARCHAR)
            .add(ValueKind.BOOLEAN, ImmutableList.of("starts_with"), VARCHAR, VARCHAR)
            .add(ValueKind.VARBINARY, ImmutableList.of("to_utf8", "from_hex", "from_base64"), VARCHAR)
            .add(ValueKind.VARCHAR, ImmutableList.of("to_hex", "to_base64", "from_utf8"), VARBINARY)
            .add(ValueKind.VARBINARY, ImmutableList.of("md5", "sha256", "sha512", "xxhash64"), VARBINARY)
            .addSame(ImmutableList.of("abs", "ceil", "ceiling", "floor", "round"), NUMBER)
            .add(ValueKind.DOUBLE, ImmutableList.of("sqrt", "cbrt", "exp", "ln", "log2", "log10"), NUMBER)
            .add(ValueKind.DOUBLE, ImmutableList.of("pow", "power"), NUMBER, NUMBER)
            .add(ValueKind.INTEGER, ImmutableList.of("year", "quarter", "month", "week", "day", "day_of_month", "day_of_week",
                    "day_of_year"), DAY)
            .add(ValueKind.INTEGER, ImmutableList.of("hour", "minute", "second"), CLOCK)
            .addSame(ImmutableList.of("date_trunc"), UNIT, DAY)
            .build();

    private static final class Signatures {
        private final ImmutableListMultimap.Builder<String, Signature> signatures = ImmutableListMultimap.builder();

        private Signatures add(ValueKind result, Collection<String> functions, Parameter... parameters) {
            functions.forEach(function -> signatures.put(function,
                    new Signature(Optional.of(result), ImmutableList.copyOf(parameters))));
            return this;
        }

        private Signatures addSame(Collection<String> functions, Parameter... parameters) {
            functions.forEach(function -> signatures.put(function, new Signature(Optional.empty(), ImmutableList.copyOf(parameters))));
            return this;
        }

        private ImmutableListMultimap<String, Signature> build() {
            return signatures.build();
        }
    }

    private TypedFunctions() {
    }

    /// The functions of which any type is known.
    static Set<String> names() {
        return SIGNATURES.keySet();
    }

    /// True where some argument can be no argument of the function: a number where it takes text or bytes, or the other way round.
    static boolean neverTakes(String function, List<ValueKind> kinds) {
        List<Signature> signatures = SIGNATURES.get(function).stream().filter(signature -> signature.parameters().size() == kinds.size())
                .toList();
        return !signatures.isEmpty() && signatures.stream().allMatch(signature -> IntStream.range(0, kinds.size())
                .anyMatch(i -> signature.parameters().get(i).neverTakes(kinds.get(i))));
    }

    /// The kind of the result, or empty where it is not known that the function takes the arguments.
    static Optional<ValueKind> result(String function, List<ValueKind> kinds, List<Expression> arguments) {
        return SIGNATURES.get(function).stream().filter(signature -> signature.takes(kinds, arguments)).findFirst()
                .map(signature -> signature.result().orElseGet(kinds::getLast));
    }
}
