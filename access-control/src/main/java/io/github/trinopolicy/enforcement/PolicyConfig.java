package io.github.trinopolicy.enforcement;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.airlift.configuration.Config;
import io.airlift.configuration.ConfigDescription;
import io.airlift.units.Duration;
import io.airlift.units.MinDuration;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may do what beside the policies, and how policies take effect.
public class PolicyConfig {
    private static final Splitter LIST = Splitter.on(',').trimResults().omitEmptyStrings();

    /// Limits, concurrency and presentation; nothing that moves predicates or switches optimizations.
    private static final List<String> HARMLESS_SESSION_PROPERTIES = ImmutableList.of("execution_policy", "query_max_cpu_time",
            "query_max_execution_time", "query_max_planning_time", "query_max_run_time", "query_max_scan_physical_bytes",
            "query_max_write_physical_size", "query_priority", "required_workers_count", "required_workers_max_wait_time", "scale_writers",
            "task_concurrency", "task_max_writer_count", "task_min_writer_count", "time_zone_id", "writer_scaling_min_data_processed");

    private List<String> administrators = ImmutableList.of();
    private List<String> entitlementAdministrators = ImmutableList.of();
    private List<String> keyAdministrators = ImmutableList.of();
    private List<String> auditors = ImmutableList.of();
    private List<String> operators = ImmutableList.of();
    private Set<String> exemptUsers = ImmutableSet.of();
    private Set<String> exemptGroups = ImmutableSet.of();
    private @Nullable UngovernedTables ungovernedTables;
    private DefinerViews definerViews = DefinerViews.INVOKER;
    private Optional<ZoneId> timeZone = Optional.of(ZoneOffset.UTC);
    private List<String> allowedSessionProperties = HARMLESS_SESSION_PROPERTIES;
    private List<String> allowedRoutines = ImmutableList.of();
    private Duration refreshInterval = new Duration(500, MILLISECONDS);
    private Duration maxStaleness = new Duration(5, MINUTES);

    @NotEmpty(message = "must name at least one user or group:name who may administer policies")
    public List<String> getAdministrators() {
        return administrators;
    }

    @Config("policy.administrators")
    @ConfigDescription("Users and group:names who may administer policies; they see no more than others")
    public PolicyConfig setAdministrators(String names) {
        this.administrators = list(names);
        return this;
    }

    public List<String> getEntitlementAdministrators() {
        return entitlementAdministrators;
    }

    @Config("policy.entitlement-administrators")
    @ConfigDescription("Users and group:names who may change attributes and memberships of users")
    public PolicyConfig setEntitlementAdministrators(String names) {
        this.entitlementAdministrators = list(names);
        return this;
    }

    public List<String> getKeyAdministrators() {
        return keyAdministrators;
    }

    @Config("policy.key-administrators")
    @ConfigDescription("Users and group:names who may rotate and destroy keys")
    public PolicyConfig setKeyAdministrators(String names) {
        this.keyAdministrators = list(names);
        return this;
    }

    public List<String> getAuditors() {
        return auditors;
    }

    @Config("policy.auditors")
    @ConfigDescription("Users and group:names who may read all policies, entitlements and the audit log")
    public PolicyConfig setAuditors(String names) {
        this.auditors = list(names);
        return this;
    }

    public List<String> getOperators() {
        return operators;
    }

    @Config("policy.operators")
    @ConfigDescription("Users and group:names who may see and kill queries of others and read system information")
    public PolicyConfig setOperators(String names) {
        this.operators = list(names);
        return this;
    }

    public Set<String> getExemptUsers() {
        return exemptUsers;
    }

    @Config("policy.exempt-users")
    @ConfigDescription("Users who pass every check of a table and see raw values")
    public PolicyConfig setExemptUsers(String names) {
        this.exemptUsers = ImmutableSet.copyOf(list(names));
        return this;
    }

    public Set<String> getExemptGroups() {
        return exemptGroups;
    }

    @Config("policy.exempt-groups")
    @ConfigDescription("Groups whose members pass every check of a table and see raw values")
    public PolicyConfig setExemptGroups(String names) {
        this.exemptGroups = ImmutableSet.copyOf(list(names));
        return this;
    }

    @SuppressWarnings("MultipleNullnessAnnotations") // absent until configured, and then refused
    @NotNull(message = "must say what is allowed on tables that are not registered: deny, read or allow")
    public @Nullable UngovernedTables getUngovernedTables() {
        return ungovernedTables;
    }

    @Config("policy.ungoverned-tables")
    @ConfigDescription("What everyone may do with tables that are not registered: deny, read or allow")
    public PolicyConfig setUngovernedTables(@Nullable UngovernedTables ungovernedTables) {
        this.ungovernedTables = ungovernedTables;
        return this;
    }

    @NotNull
    public DefinerViews getDefinerViews() {
        return definerViews;
    }

    @Config("policy.definer-views")
    @ConfigDescription("Whose policies apply to the tables under a definer view: invoker or owner")
    public PolicyConfig setDefinerViews(DefinerViews definerViews) {
        this.definerViews = definerViews;
        return this;
    }

    public ZoneId getTimeZone() {
        return timeZone.orElseThrow();
    }

    @Config("policy.time-zone")
    @ConfigDescription("Time zone in which the limits of time windows are computed")
    public PolicyConfig setTimeZone(String timeZone) {
        try {
            this.timeZone = Optional.of(ZoneId.of(timeZone));
        }
        catch (DateTimeException e) {
            // refused by isTimeZoneValid, since what a setter throws is not shown to the user
            this.timeZone = Optional.empty();
        }
        return this;
    }

    @AssertTrue(message = "policy.time-zone is no time zone; write a name such as Europe/Berlin, or UTC")
    public boolean isTimeZoneValid() {
        return timeZone.isPresent();
    }

    public List<String> getAllowedSessionProperties() {
        return allowedSessionProperties;
    }

    @Config("policy.allowed-session-properties")
    @ConfigDescription("System session properties, and catalog.property, that everyone may set; replaces the default list")
    public PolicyConfig setAllowedSessionProperties(String names) {
        this.allowedSessionProperties = list(names);
        return this;
    }

    public List<String> getAllowedRoutines() {
        return allowedRoutines;
    }

    @Config("policy.allowed-routines")
    @ConfigDescription("Table functions and procedures of governed catalogs that everyone may call, as catalog.schema.name")
    public PolicyConfig setAllowedRoutines(String names) {
        this.allowedRoutines = list(names);
        return this;
    }

    @NotNull
    @MinDuration("10ms")
    public Duration getRefreshInterval() {
        return refreshInterval;
    }

    @Config("policy.refresh-interval")
    @ConfigDescription("How often each node looks for a new version of the store; changes are also notified at once")
    public PolicyConfig setRefreshInterval(Duration refreshInterval) {
        this.refreshInterval = refreshInterval;
        return this;
    }

    @NotNull
    @MinDuration("1s")
    public Duration getMaxStaleness() {
        return maxStaleness;
    }

    @Config("policy.max-staleness")
    @ConfigDescription("How long queries are decided, and rights to unmask hold, without contact to the store before they are denied")
    public PolicyConfig setMaxStaleness(Duration maxStaleness) {
        this.maxStaleness = maxStaleness;
        return this;
    }

    private static List<String> list(String names) {
        return ImmutableList.copyOf(LIST.split(names));
    }
}
