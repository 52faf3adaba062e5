package io.github.trinopolicy.policy;

import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.CharType.createCharType;
import static io.trino.spi.type.DateType.DATE;
import static io.trino.spi.type.DecimalType.createDecimalType;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.IntegerType.INTEGER;
import static io.trino.spi.type.RealType.REAL;
import static io.trino.spi.type.SmallintType.SMALLINT;
import static io.trino.spi.type.TimeType.TIME_MILLIS;
import static io.trino.spi.type.TimestampType.TIMESTAMP_MILLIS;
import static io.trino.spi.type.TimestampWithTimeZoneType.TIMESTAMP_TZ_MILLIS;
import static io.trino.spi.type.TinyintType.TINYINT;
import static io.trino.spi.type.UuidType.UUID;
import static io.trino.spi.type.VarbinaryType.VARBINARY;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static io.trino.spi.type.VarcharType.createVarcharType;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.Type;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TestColumnLiteral {
    private static final Map<String, Type> TYPES = ImmutableMap.<String, Type>builder()
            .put("varchar", VARCHAR).put("varchar(3)", createVarcharType(3)).put("char(3)", createCharType(3))
            .put("tinyint", TINYINT).put("smallint", SMALLINT).put("integer", INTEGER).put("bigint", BIGINT)
            .put("decimal(5,2)", createDecimalType(5, 2)).put("decimal(38,0)", createDecimalType(38, 0))
            .put("real", REAL).put("double", DOUBLE).put("date", DATE).put("boolean", BOOLEAN).put("uuid", UUID)
            .buildOrThrow();

    private final ColumnLiteral columnLiteral = new ColumnLiteral();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, value = {
            "varchar|x|'x'",
            "varchar|it's|'it''s'",
            "varchar|x |'x '",
            "varchar(3)|abc|'abc'",
            "varchar(3)|\ud83c\udf89\ud83c\udf89\ud83c\udf89|'\ud83c\udf89\ud83c\udf89\ud83c\udf89'",
            "char(3)|a|CAST('a' AS char(3))",
            "char(3)|a  |CAST('a' AS char(3))",
            "char(3)|abc     |CAST('abc' AS char(3))",
            "char(3)|a\t|CAST('a\t' AS char(3))",
            "char(3)|a\u3000|CAST('a\u3000' AS char(3))",
            "tinyint|-128|CAST('-128' AS tinyint)",
            "tinyint|127|CAST('127' AS tinyint)",
            "smallint|32767|CAST('32767' AS smallint)",
            "integer|-2147483648|CAST('-2147483648' AS integer)",
            "bigint|9223372036854775807|CAST('9223372036854775807' AS bigint)",
            "bigint|007|CAST('7' AS bigint)",
            "decimal(5,2)|1.5|CAST('1.50' AS decimal(5, 2))",
            "decimal(5,2)|-999.99|CAST('-999.99' AS decimal(5, 2))",
            "decimal(5,2)|1.500|CAST('1.50' AS decimal(5, 2))",
            "decimal(5,2)|1e2|CAST('100.00' AS decimal(5, 2))",
            "decimal(38,0)|99999999999999999999999999999999999999|CAST('99999999999999999999999999999999999999' AS decimal(38, 0))",
            "real|1.5|CAST('1.5' AS real)",
            "double|-1e300|CAST('-1E+300' AS double)",
            "date|2024-02-29|CAST('2024-02-29' AS date)",
            "date|0001-01-01|CAST('0001-01-01' AS date)",
            "boolean|true|CAST('true' AS boolean)",
            "boolean|false|CAST('false' AS boolean)",
            "uuid|12151FD2-7586-11E9-8F9E-2A86E4085A59|CAST('12151fd2-7586-11e9-8f9e-2a86e4085a59' AS uuid)"})
    void testValueOfTheTypeBecomesLiteralOfTheType(String type, String text, String expected) {
        assertThat(columnLiteral.of(text, type(type)).map(TrinoSql::format)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, value = {
            "varchar(3)|abcd",
            "varchar(3)|abc ",
            "char(3)|abcd",
            "char(3)|abc\t",
            "tinyint|128",
            "tinyint|-129",
            "smallint|32768",
            "integer|2147483648",
            "bigint|9223372036854775808",
            "bigint|1.0",
            "bigint|1e3",
            "bigint| 1",
            "bigint|1 ",
            "bigint|0x10",
            "bigint|``",
            "bigint|1 OR 1=1",
            "decimal(5,2)|1000",
            "decimal(5,2)|1.555",
            "decimal(5,2)|1e1000000000",
            "decimal(5,2)|1e-1000000000",
            "decimal(5,2)|NaN",
            "decimal(38,0)|100000000000000000000000000000000000000",
            "double|1e400",
            "double|NaN",
            "double|Infinity",
            "double|1d",
            "real|1e39",
            "date|2024-02-30",
            "date|2024-2-9",
            "date|2024-02-29 ",
            "date|+12024-02-29",
            "date|-0001-01-01",
            "date|2024-02-29T00:00:00",
            "boolean|TRUE",
            "boolean|1",
            "boolean|t",
            "uuid|1-1-1-1-1",
            "uuid|12151fd2758611e98f9e2a86e4085a59",
            "uuid|{12151fd2-7586-11e9-8f9e-2a86e4085a59}"})
    void testTextThatIsNoValueOfTheTypeIsLeftOut(String type, String text) {
        assertThat(columnLiteral.of(text, type(type))).isEmpty();
    }

    @Test
    void testOtherTypesHaveNoLiterals() {
        for (Type type : Set.of(TIME_MILLIS, TIMESTAMP_MILLIS, TIMESTAMP_TZ_MILLIS, VARBINARY, new ArrayType(VARCHAR))) {
            for (String text : ImmutableSet.of("x", "", "1", "2024-02-29", "2024-02-29 00:00:00", "00:00:00")) {
                assertThat(columnLiteral.of(text, type)).as("%s as %s", text, type).isEmpty();
            }
        }
    }

    /// A converted column would neither reach the connector nor be safe from failing.
    @Test
    void testColumnIsNeverConverted() {
        PartialEvaluator evaluator = new PartialEvaluator();
        Subject subject = new Subject("alice", Set.of(), ImmutableSetMultimap.of(), Set.of(), Optional.empty(), Instant.EPOCH);
        TYPES.forEach((name, type) -> {
            for (String text : Set.of("1", "abc", "true", "2024-02-29", "12151fd2-7586-11e9-8f9e-2a86e4085a59")) {
                String sql = TrinoSql.format(evaluator.oneOf("c", Set.of(text), "a", subject, TestingRow.of("c", type)).expression());
                assertThat(sql).as(name).satisfiesAnyOf(it -> assertThat(it).isEqualTo("false"),
                        it -> assertThat(it).startsWith("(\"c\" IN ("));
            }
        });
    }

    private static Type type(String name) {
        return requireNonNull(TYPES.get(name), name);
    }
}
