package io.github.trinopolicy.policy;

import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.DateType.DATE;
import static io.trino.spi.type.DecimalType.createDecimalType;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.TimestampType.TIMESTAMP_MILLIS;
import static io.trino.spi.type.TimestampWithTimeZoneType.TIMESTAMP_TZ_MILLIS;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.policy.Judgement.Verdict;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TestTypeChecker {
    private static final Map<String, Type> COLUMNS = ImmutableMap.<String, Type>builder()
            .put("id", BIGINT).put("email", VARCHAR).put("vip", BOOLEAN).put("born", DATE).put("score", DOUBLE)
            .put("price", createDecimalType(10, 2)).put("share", createDecimalType(38, 38)).put("at", TIMESTAMP_MILLIS)
            .put("seen", TIMESTAMP_TZ_MILLIS).put("tags", new ArrayType(VARCHAR))
            .buildOrThrow();

    @ParameterizedTest
    @ValueSource(strings = {"id = 1", "email = 'x' OR vip", "price < 1000", "price < 9.995", "price BETWEEN 1 AND id", "score > price",
            "born >= DATE '2026-01-01'", "at < TIMESTAMP '2026-01-01 00:00:00'", "email LIKE '%@%'", "tags IS NOT NULL", "NULL",
            "length(email) > 3", "has_attribute('a', 'b') AND id IN (1, 2)", "price IS DISTINCT FROM 1"})
    void testFits(String text) {
        assertThat(judge(text)).isEqualTo(new Judgement(Verdict.FITS, Optional.empty(), true));
    }

    /// Trino makes both sides decimals of 38 digits, which do not hold every number.
    @ParameterizedTest
    @ValueSource(strings = {"id > share", "share < 10", "share < price", "price + 1 > price"})
    void testConversionThatMayFail(String text) {
        assertThat(judge(text)).isEqualTo(new Judgement(Verdict.FITS, Optional.empty(), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"contains(tags, 'x')", "tags = tags", "any_match(tags, tag -> tag = 'x')", "born < at",
            "at < TIMESTAMP '2026-01-01'", "json_extract_scalar(email, '$') = 'x'", "missing = 1", "floor(price) = 1"})
    void testUnknown(String text) {
        assertThat(judge(text).verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(judge(text).total()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "id = 'x' | ''x'' is varchar, which does not go with integer",
            "email > 5 | '5' is integer, which does not go with varchar",
            "email | 'email' is varchar, where a condition is needed",
            "id + 1 | '(id + 1)' is integer, where a condition is needed",
            "vip AND id | 'id' is integer, where a condition is needed",
            "email + 1 > 2 | 'email' is varchar, where a number is needed",
            "born = '2026-01-01' | ''2026-01-01'' is varchar, which does not go with date",
            "lower(id) = 'x' | it is not known that 'lower' takes (integer)",
            "sqrt(email) > 1 | it is not known that 'sqrt' takes (varchar)",
            "at < seen | 'seen' is timestamp with time zone, which does not go with timestamp: the zone would be that of the session",
            "born < seen | 'seen' is timestamp with time zone, which does not go with date: the zone would be that of the session",
    })
    void testWrong(String text, String reason) {
        assertThat(judge(text)).isEqualTo(new Judgement(Verdict.WRONG, Optional.of(reason), false));
    }

    private static Judgement judge(String text) {
        return TypeChecker.judge(new PolicyTextParser().parse(text, Scope.ROW).expression(), new Row());
    }

    private record Row() implements RowScope {
        @Override
        public Optional<Type> type(String column) {
            return Optional.ofNullable(COLUMNS.get(column));
        }

        @Override
        public List<String> columnsTagged(String tag) {
            return ImmutableList.of();
        }

        @Override
        public Optional<String> maskedColumn() {
            return Optional.empty();
        }
    }
}
