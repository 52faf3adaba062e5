package io.github.trinopolicy.plugin;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.github.trinopolicy.plugin.TestingPolicyServer.PIPELINE;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.github.trinopolicy.enforcement.MessageCode;
import io.github.trinopolicy.metrics.Metric;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What a coordinator tells of itself by JMX.
@TestInstance(PER_CLASS)
class TestMetrics {
    private static final String NAME = "io.github.trinopolicy:type=metrics,name=policy";
    private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private @Nullable TestingPolicyServer server;
    private @Nullable ObjectName name;

    @BeforeAll
    void startServer() throws JMException {
        // servers of other tests in this process have their own
        Set<ObjectName> others = names();
        server = TestingPolicyServer.start();
        name = Sets.difference(names(), others).iterator().next();
        server.execute(PIPELINE, "CREATE SCHEMA memory.shop");
        server.execute(PIPELINE, "CREATE TABLE memory.shop.person AS SELECT 1 AS id, CAST('ann@example.com' AS varchar) AS email");
        server.apply("""
                kind: DataSource
                name: memory.shop.person
                approve_columns: all
                ---
                kind: Policy
                name: read
                type: access
                applies_to: {all: true}
                grant: {level: read, to: "current_user = 'alice'"}
                ---
                kind: Policy
                name: hash
                type: mask
                columns: {names: [memory.shop.person.email]}
                mask: {type: hash}
                """);
    }

    @AfterAll
    void stopServer() throws JMException {
        server().close();
        assertThat(names()).doesNotContain(requireNonNull(name));
    }

    @Test
    void testDocumentation() throws Exception {
        String document = Files.readString(DOCUMENT);
        StringBuilder table = new StringBuilder("| name | kind | nodes | means |\n|---|---|---|---|\n");
        for (Metric metric : Metric.values()) {
            table.append("| `%s` | %s | %s | %s |\n".formatted(metric.metricName(), metric.kind().name().toLowerCase(ENGLISH),
                    metric.nodes().name().toLowerCase(ENGLISH), metric.description()));
        }
        assertThat(document).contains(table);
        // the name of the table in Trino's jmx catalog
        assertThat(document).contains("FROM jmx.current.\"%s\"".formatted(NAME.toLowerCase(ENGLISH)));
        assertThat(document).contains("`%s`".formatted(NAME));
    }

    @Test
    void testEverythingIsThereAndDescribed() throws JMException {
        MBeanAttributeInfo[] attributes = beans.getMBeanInfo(name).getAttributes();
        assertThat(Stream.of(attributes).map(MBeanAttributeInfo::getName)).containsExactlyInAnyOrderElementsOf(expectedNames());
        for (MBeanAttributeInfo attribute : attributes) {
            assertThat(attribute.getDescription()).isNotBlank();
            assertThat(attribute.isWritable()).isFalse();
            assertThat(beans.getAttribute(name, attribute.getName())).describedAs(attribute.getName()).isInstanceOf(Long.class);
        }
        assertThatThrownBy(() -> beans.setAttribute(name, new Attribute("snapshot_version", 1L))).isInstanceOf(JMException.class);
        assertThatThrownBy(() -> beans.getAttribute(name, "nothing")).isInstanceOf(JMException.class);
    }

    @Test
    void testDenialsAreCountedByCode() throws JMException {
        assertCounts(MessageCode.NO_POLICY, "mallory", "TABLE memory.shop.person");
        assertCounts(MessageCode.OPERATORS, "mallory", "SELECT * FROM system.runtime.nodes");
        assertCounts(MessageCode.GRANTS, "mallory", "GRANT SELECT ON memory.shop.person TO mallory");
        assertCounts(MessageCode.OFFICE, "mallory", "CALL policy.admin.register('memory.shop.other')");
        assertCounts(MessageCode.UNMASK, "mallory", "SELECT policy.functions.unmask('memory.shop.person.email', 'x')");
        assertCounts(MessageCode.ROUTINE, "mallory", "SELECT policy.masking.hash('a', 'b', 'c')");
    }

    /// Neither users nor objects make a number of their own.
    @Test
    void testNumbersDoNotGrowWithNames() throws JMException {
        for (int user = 0; user < 5; user++) {
            server().failure("stranger-" + user, "TABLE memory.shop.person");
        }
        assertThat(Stream.of(beans.getMBeanInfo(name).getAttributes()).map(MBeanAttributeInfo::getName))
                .containsExactlyInAnyOrderElementsOf(expectedNames());
    }

    @Test
    void testDecisions() throws JMException {
        long queries = value(Metric.QUERY_DECISIONS);
        long tables = value(Metric.TABLE_DECISIONS);
        long hits = value(Metric.KEY_CACHE_HITS) + value(Metric.KEY_CACHE_LOADS);
        server().rows("alice", "TABLE memory.shop.person");
        assertThat(value(Metric.QUERY_DECISIONS)).isGreaterThan(queries);
        assertThat(value(Metric.TABLE_DECISIONS)).isGreaterThan(tables);
        assertThat(value(Metric.KEY_CACHE_HITS) + value(Metric.KEY_CACHE_LOADS)).isGreaterThan(hits);
        assertThat(value(Metric.KEY_CACHE_SIZE)).isPositive();
        assertThat(value(Metric.KEY_CACHE_LOAD_FAILURES)).isZero();
        assertThat(value(Metric.QUERY_DECISION_P50_MICROS)).isPositive().isLessThanOrEqualTo(value(Metric.QUERY_DECISION_MAX_MICROS));
        assertThat(value(Metric.TABLE_DECISION_P99_MICROS)).isPositive().isLessThanOrEqualTo(value(Metric.TABLE_DECISION_MAX_MICROS));
    }

    @Test
    void testSnapshot() throws JMException {
        server().apply("{kind: Tag, name: Later}");
        assertThat(value(Metric.SNAPSHOT_VERSION)).isEqualTo(server().version());
        assertThat(value(Metric.SNAPSHOT_AGE_MILLIS)).isBetween(0L, Duration.ofMinutes(1).toMillis());
        assertThat(value(Metric.REFRESH_FAILURES)).isZero();
        assertThat(value(Metric.REFRESH_FAILURE_AGE_SECONDS)).isEqualTo(-1);
    }

    @Test
    void testAuditLog() throws Exception {
        long written = value(Metric.AUDIT_WRITTEN_EVENTS);
        server().rows("alice", "TABLE memory.shop.person");
        await(() -> value(Metric.AUDIT_WRITTEN_EVENTS) > written && value(Metric.AUDIT_QUEUE_EVENTS) == 0);
        assertThat(value(Metric.AUDIT_QUEUE_BYTES)).isZero();
        assertThat(value(Metric.AUDIT_LOST_EVENTS)).isZero();
        // what cannot be written waits, and is counted as a failure each time
        server().database().execute("ALTER TABLE policy.audit_log RENAME TO audit_log_away");
        try {
            long failures = value(Metric.AUDIT_WRITE_FAILURES);
            server().failure("mallory", "TABLE memory.shop.person");
            await(() -> value(Metric.AUDIT_WRITE_FAILURES) > failures);
            assertThat(value(Metric.AUDIT_QUEUE_EVENTS)).isPositive();
            assertThat(value(Metric.AUDIT_QUEUE_BYTES)).isPositive();
        }
        finally {
            server().database().execute("ALTER TABLE policy.audit_log_away RENAME TO audit_log");
        }
        await(() -> value(Metric.AUDIT_QUEUE_EVENTS) == 0);
        assertThat(value(Metric.AUDIT_LOST_EVENTS)).isZero();
    }

    private void assertCounts(MessageCode code, String user, String sql) throws JMException {
        String attribute = "denials_" + code.toString().toLowerCase(ENGLISH).replace('-', '_');
        long before = (long) beans.getAttribute(name, attribute);
        assertThat(server().failure(user, sql)).contains("Access Denied");
        assertThat((long) beans.getAttribute(name, attribute)).describedAs("%s for %s", attribute, sql).isGreaterThan(before);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int attempt = 0; attempt < 600 && !condition.getAsBoolean(); attempt++) {
            Thread.sleep(50);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private long value(Metric metric) {
        try {
            return (long) beans.getAttribute(name, metric.metricName());
        }
        catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<String> expectedNames() {
        return Stream.concat(
                Stream.of(Metric.values()).map(Metric::metricName),
                Stream.of(MessageCode.values()).map(code -> "denials_" + code.toString().toLowerCase(ENGLISH).replace('-', '_')))
                .collect(toImmutableSet());
    }

    private Set<ObjectName> names() throws JMException {
        return ImmutableSet.copyOf(beans.queryNames(new ObjectName(NAME + ",*"), null));
    }

    private TestingPolicyServer server() {
        return requireNonNull(server);
    }
}
