package io.github.trinopolicy.audit;

import static io.airlift.units.DataSize.Unit.MEGABYTE;
import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.airlift.configuration.Config;
import io.airlift.configuration.ConfigDescription;
import io.airlift.units.DataSize;
import io.airlift.units.Duration;
import io.airlift.units.MaxDuration;
import io.airlift.units.MinDataSize;
import io.airlift.units.MinDuration;
import io.github.trinopolicy.enforcement.AuditedText;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the audit log keeps, for how long, and what happens when it cannot.
public class AuditConfig {
    private boolean enabled = true;
    private AuditedText queryText = AuditedText.REDACTED;
    private Overload onOverload = Overload.BLOCK;
    private Duration maxWait = new Duration(10, SECONDS);
    private DataSize queueSize = DataSize.of(32, MEGABYTE);
    private Duration retention = new Duration(90, DAYS);
    private Optional<Path> file = Optional.empty();

    public boolean isEnabled() {
        return enabled;
    }

    @Config("policy.audit.enabled")
    @ConfigDescription("Whether queries and denials are recorded; acts of administration and unmasking always are")
    public AuditConfig setEnabled(boolean enabled) {
        this.enabled = enabled;
        return this;
    }

    @NotNull
    public AuditedText getQueryText() {
        return queryText;
    }

    @Config("policy.audit.query-text")
    @ConfigDescription("What is kept of the text of queries: redacted (literals become ?), none or full")
    public AuditConfig setQueryText(AuditedText queryText) {
        this.queryText = queryText;
        return this;
    }

    @NotNull
    public Overload getOnOverload() {
        return onOverload;
    }

    @Config("policy.audit.on-overload")
    @ConfigDescription("While the log cannot be written: block (new queries wait, then are denied), fail-query (they are denied at once) or drop-and-count")
    public AuditConfig setOnOverload(Overload onOverload) {
        this.onOverload = onOverload;
        return this;
    }

    @NotNull
    @MinDuration("0s")
    @MaxDuration("10m")
    public Duration getMaxWait() {
        return maxWait;
    }

    @Config("policy.audit.max-wait")
    @ConfigDescription("How long a query waits for the log with policy.audit.on-overload=block")
    public AuditConfig setMaxWait(Duration maxWait) {
        this.maxWait = maxWait;
        return this;
    }

    @NotNull
    @MinDataSize("10kB")
    public DataSize getQueueSize() {
        return queueSize;
    }

    @Config("policy.audit.queue-size")
    @ConfigDescription("How much may wait to be written before the log counts as overloaded")
    public AuditConfig setQueueSize(DataSize queueSize) {
        this.queueSize = queueSize;
        return this;
    }

    @NotNull
    @MinDuration("1d")
    public Duration getRetention() {
        return retention;
    }

    @Config("policy.audit.retention")
    @ConfigDescription("How long the store keeps the log; whole days are dropped")
    public AuditConfig setRetention(Duration retention) {
        this.retention = retention;
        return this;
    }

    public Optional<Path> getFile() {
        return file;
    }

    @Config("policy.audit.file")
    @ConfigDescription("File of this node to which queries, denials, unmasking and acts of administration are also written, one JSON object a line")
    public AuditConfig setFile(@Nullable Path file) {
        this.file = Optional.ofNullable(file);
        return this;
    }
}
