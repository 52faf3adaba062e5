package io.github.trinopolicy.masking;

import static io.trino.testing.TestingSession.testSession;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.trino.testing.QueryRunner;
import io.trino.testing.StandaloneQueryRunner;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Through SQL with the real engine: the function says what an `IN` list of literals of the type says.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TestValueInSetFunctions {
    private static final UUID SET = UUID.fromString("8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11");

    private final TestingValueSets sets = new TestingValueSets();
    private QueryRunner runner;

    @BeforeAll
    void start() {
        runner = new StandaloneQueryRunner(testSession());
        runner.installPlugin(new TestingMaskingPlugin(new MaskingFunctions(new TestingKeyRing(), sets)));
        runner.createCatalog("policy", TestingMaskingPlugin.CONNECTOR, ImmutableMap.of());
    }

    @AfterAll
    void stop() {
        runner.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "varchar | a;ä;'b ';𝄞 | a;ä;'b ';𝄞;b;A;'';'a '",
            "varchar(3) | a;abc | a;abc;ab;'a '",
            "char(4) | a;ab | a;ab;'a ';'ab  ';' a';b",
            "bigint | 7;-1;9223372036854775807 | 7;-1;9223372036854775807;0;-9223372036854775808",
            "integer | 7;-2147483648 | 7;-2147483648;0",
            "smallint | 7;-1 | 7;-1;8",
            "tinyint | 7;-1 | 7;-1;8",
            "decimal(5, 2) | 1.50;-0.01;0.00 | 1.5;1.50;-0.01;0;1.51",
            "decimal(30, 3) | 123456789012345678901234567.000;-1.500 | 123456789012345678901234567;-1.5;0",
            "double | 1.5;0;-2E10;0.1 | 1.5;-0.0;0.0;-20000000000;0.1;NaN;Infinity;0.2",
            "real | 1.5;0;0.1 | 1.5;-0.0;0.0;0.1;NaN;0.2",
            "date | 2026-01-31;0001-01-01 | 2026-01-31;0001-01-01;1970-01-01",
            "uuid | 8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11 | 8a4c9a2e-9b7e-4f0a-9c39-0f1f4d0a7c11;00000000-0000-4000-8000-000000000002"})
    void testSaysWhatAListSays(String type, String members, String values) {
        Set<String> set = texts(members);
        sets.put(SET, set);
        String list = String.join(", ", set.stream().map(member -> "CAST('%s' AS %s)".formatted(member, type)).toList());
        String rows = String.join(", ", texts(values).stream().map(value -> "(CAST('%s' AS %s))".formatted(value, type)).toList());
        String table = "(VALUES %s, (CAST(NULL AS %s))) t(x)".formatted(rows, type);
        assertThat(runner.execute("SELECT x, policy.masking.value_in_set(x, '%s') FROM %s".formatted(SET, table)).getMaterializedRows())
                .isEqualTo(runner.execute("SELECT x, x IN (%s) FROM %s".formatted(list, table)).getMaterializedRows());
        assertThat((long) runner.execute("SELECT count(*) FROM %s WHERE policy.masking.value_in_set(x, '%s')".formatted(table, SET))
                .getOnlyValue()).isPositive();
    }

    private static Set<String> texts(String list) {
        ImmutableSet.Builder<String> texts = ImmutableSet.builder();
        for (String text : Splitter.on(';').split(list)) {
            texts.add(text.startsWith("'") ? text.substring(1, text.length() - 1) : text);
        }
        return texts.build();
    }

    @Test
    void testSetThatCannotBeHadFailsTheQuery() {
        UUID missing = new UUID(0, 4);
        for (String expression : new String[]{"policy.masking.value_in_set(x, '%s')", "NOT policy.masking.value_in_set(x, '%s')",
                "coalesce(TRY(policy.masking.value_in_set(x, '%s')), true)"}) {
            assertThatThrownBy(() -> runner.execute(("SELECT x FROM (VALUES 1) t(x) WHERE " + expression).formatted(missing)))
                    .hasMessageContaining("This node has no set " + missing);
        }
        assertThatThrownBy(() -> runner.execute("SELECT policy.masking.value_in_set(x, 'secret') FROM (VALUES 1) t(x)"))
                .hasMessage("The set of a masking function must be a UUID in lower case");
    }

    @Test
    void testTypesWithoutLiteralsAreRefused() {
        sets.put(SET, ImmutableSet.of("true"));
        assertThatThrownBy(() -> runner.execute("SELECT policy.masking.value_in_set(ARRAY[x], '%s') FROM (VALUES 1) t(x)".formatted(SET)))
                .hasStackTraceContaining("No set holds values of type array(integer)");
    }

    @Test
    void testSaysNothingOfItsValues() {
        assertThat(new ValueSet(ImmutableSet.of("EMEA", "APAC"))).hasToString("ValueSet[2 values]");
    }
}
