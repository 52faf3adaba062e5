package io.github.trinopolicy.enforcement;

import static io.airlift.configuration.testing.ConfigAssertions.assertFullMapping;
import static io.airlift.configuration.testing.ConfigAssertions.assertRecordedDefaults;
import static io.airlift.configuration.testing.ConfigAssertions.recordDefaults;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSetMultimap;
import io.airlift.configuration.ConfigurationFactory;
import io.airlift.units.Duration;
import io.github.trinopolicy.policy.Subject;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestPolicyConfig {
    private static final ImmutableMap<String, String> REQUIRED = ImmutableMap.of("policy.administrators", "root",
            "policy.ungoverned-tables",
            "deny");

    @Test
    void testDefaults() {
        assertRecordedDefaults(recordDefaults(PolicyConfig.class)
                .setAdministrators("")
                .setEntitlementAdministrators("")
                .setKeyAdministrators("")
                .setAuditors("")
                .setOperators("")
                .setExemptUsers("")
                .setExemptGroups("")
                .setUngovernedTables(null)
                .setDefinerViews(DefinerViews.INVOKER)
                .setTimeZone("Z")
                .setAllowedSessionProperties("execution_policy,query_max_cpu_time,query_max_execution_time,query_max_planning_time,"
                        + "query_max_run_time,query_max_scan_physical_bytes,query_max_write_physical_size,query_priority,"
                        + "required_workers_count,required_workers_max_wait_time,scale_writers,task_concurrency,task_max_writer_count,"
                        + "task_min_writer_count,time_zone_id,writer_scaling_min_data_processed")
                .setAllowedRoutines("")
                .setRefreshInterval(new Duration(500, MILLISECONDS))
                .setMaxStaleness(new Duration(5, MINUTES)));
    }

    @Test
    void testExplicitPropertyMappings() {
        Map<String, String> properties = ImmutableMap.<String, String>builder()
                .put("policy.administrators", "root, group:governors")
                .put("policy.entitlement-administrators", "dana")
                .put("policy.key-administrators", "kim")
                .put("policy.auditors", "group:auditors")
                .put("policy.operators", "ops")
                .put("policy.exempt-users", "etl,backup")
                .put("policy.exempt-groups", "pipelines")
                .put("policy.ungoverned-tables", "read")
                .put("policy.definer-views", "owner")
                .put("policy.time-zone", "Europe/Berlin")
                .put("policy.allowed-session-properties", "query_priority,lake.safe")
                .put("policy.allowed-routines", "lake.system.query")
                .put("policy.refresh-interval", "2s")
                .put("policy.max-staleness", "1m")
                .buildOrThrow();

        assertFullMapping(properties, new PolicyConfig()
                .setAdministrators("root,group:governors")
                .setEntitlementAdministrators("dana")
                .setKeyAdministrators("kim")
                .setAuditors("group:auditors")
                .setOperators("ops")
                .setExemptUsers("etl,backup")
                .setExemptGroups("pipelines")
                .setUngovernedTables(UngovernedTables.READ)
                .setDefinerViews(DefinerViews.OWNER)
                .setTimeZone("Europe/Berlin")
                .setAllowedSessionProperties("query_priority,lake.safe")
                .setAllowedRoutines("lake.system.query")
                .setRefreshInterval(new Duration(2, SECONDS))
                .setMaxStaleness(new Duration(1, MINUTES)));
    }

    @Test
    void testRequiredProperties() {
        assertThat(build(REQUIRED).getUngovernedTables()).isEqualTo(UngovernedTables.DENY);
        assertRefused(ImmutableMap.of("policy.ungoverned-tables", "deny"),
                "policy.administrators: must name at least one user or group:name who may administer policies");
        assertRefused(ImmutableMap.of("policy.ungoverned-tables", "deny", "policy.administrators", " , "),
                "policy.administrators: must name at least one user or group:name who may administer policies");
        assertRefused(ImmutableMap.of("policy.administrators", "root"),
                "policy.ungoverned-tables: must say what is allowed on tables that are not registered: deny, read or allow");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berln", "MESZ", "", "25:00"})
    void testTimeZoneThatDoesNotExist(String zone) {
        assertRefused(with("policy.time-zone", zone), "policy.time-zone is no time zone; write a name such as Europe/Berlin, or UTC");
    }

    @Test
    void testValuesOutOfRange() {
        assertRefused(with("policy.refresh-interval", "5ms"), "policy.refresh-interval: must be greater than or equal to 10ms");
        assertRefused(with("policy.max-staleness", "500ms"), "policy.max-staleness: must be greater than or equal to 1s");
        assertRefused(with("policy.definer-views", "nobody"),
                "Invalid value 'nobody' for type DefinerViews (property 'policy.definer-views')");
    }

    @Test
    void testPrincipals() {
        Roles roles = new Roles(new PolicyConfig().setAdministrators("root, group:governors").setExemptUsers("etl")
                .setUngovernedTables(UngovernedTables.DENY));
        assertThat(roles.isAdministrator(subject("root"))).isTrue();
        assertThat(roles.isAdministrator(subject("x", "governors"))).isTrue();
        assertThat(roles.isAdministrator(subject("governors"))).isFalse();
        assertThat(roles.isAdministrator(subject("group:governors"))).isFalse();
        assertThat(roles.isAdministrator(subject("x", "root"))).isFalse();
        assertThat(roles.isExempt(subject("root"))).isFalse();
        assertThat(roles.isExempt(subject("etl"))).isTrue();
        assertThat(roles.isAuditor(subject("root"))).isTrue();
        assertThat(roles.isEntitlementAdministrator(subject("root"))).isTrue();
        assertThat(roles.isOperator(subject("etl"))).isFalse();
    }

    private static Subject subject(String user, String... groups) {
        return new Subject(user, Set.of(groups), ImmutableSetMultimap.of(),
                Set.of(), Optional.empty(), Instant.EPOCH);
    }

    private static ImmutableMap<String, String> with(String property, String value) {
        return ImmutableMap.<String, String>builder().putAll(REQUIRED).put(property, value).buildOrThrow();
    }

    private static PolicyConfig build(Map<String, String> properties) {
        return new ConfigurationFactory(properties).build(PolicyConfig.class);
    }

    private static void assertRefused(Map<String, String> properties, String message) {
        assertThatThrownBy(() -> build(properties)).hasMessageContaining(message);
    }
}
