package io.github.trinopolicy.metrics;

import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

/// All that a node tells of itself as numbers. The names are the same in JMX and OpenTelemetry, and stay.
public enum Metric {
    QUERY_DECISIONS(Kind.COUNTER, Nodes.COORDINATORS, "Queries that asked to begin"),
    QUERY_DECISION_P50_MICROS(Kind.GAUGE, Nodes.COORDINATORS,
            "Half of them waited at most so long for the answer, in the last one to two minutes; waiting for the audit log included"),
    QUERY_DECISION_P99_MICROS(Kind.GAUGE, Nodes.COORDINATORS, "99 % of them waited at most so long"),
    QUERY_DECISION_MAX_MICROS(Kind.GAUGE, Nodes.COORDINATORS, "None of them waited longer"),
    TABLE_DECISIONS(Kind.COUNTER, Nodes.COORDINATORS, "Questions whether, and how, a table may be read"),
    TABLE_DECISION_P50_MICROS(Kind.GAUGE, Nodes.COORDINATORS, "Half of them were answered in so long, in the last one to two minutes"),
    TABLE_DECISION_P99_MICROS(Kind.GAUGE, Nodes.COORDINATORS, "99 % of them were answered in so long"),
    TABLE_DECISION_MAX_MICROS(Kind.GAUGE, Nodes.COORDINATORS, "None of them took longer"),
    SNAPSHOT_VERSION(Kind.GAUGE, Nodes.ALL, "Version of the store that the node works with"),
    SNAPSHOT_AGE_MILLIS(Kind.GAUGE, Nodes.ALL,
            "How long ago the node last saw the store; a coordinator denies every query above policy.max-staleness"),
    REFRESH_FAILURES(Kind.COUNTER, Nodes.ALL, "Looks at the store that failed"),
    REFRESH_FAILURE_AGE_SECONDS(Kind.GAUGE, Nodes.ALL, "How long ago the last of them was; -1 when there was none"),
    KEY_CACHE_HITS(Kind.COUNTER, Nodes.ALL, "Data keys that were in memory when asked for"),
    KEY_CACHE_LOADS(Kind.COUNTER, Nodes.ALL, "Data keys that were loaded and unwrapped"),
    KEY_CACHE_LOAD_FAILURES(Kind.COUNTER, Nodes.ALL, "Data keys that could not be"),
    KEY_CACHE_SIZE(Kind.GAUGE, Nodes.ALL, "Data keys in memory"),
    AUDIT_QUEUE_EVENTS(Kind.GAUGE, Nodes.COORDINATORS, "Events that wait to be written; 0 where policy.audit.enabled is false"),
    AUDIT_QUEUE_BYTES(Kind.GAUGE, Nodes.COORDINATORS, "Their size, to be compared with policy.audit.queue-size"),
    AUDIT_WRITTEN_EVENTS(Kind.COUNTER, Nodes.COORDINATORS, "Queries and denials that were written to the audit log"),
    AUDIT_LOST_EVENTS(Kind.COUNTER, Nodes.COORDINATORS, "Those that were lost"),
    AUDIT_WRITE_FAILURES(Kind.COUNTER, Nodes.COORDINATORS, "Attempts to write that failed; each is repeated");

    public enum Kind {
        /// only grows, until the node starts anew
        COUNTER,
        GAUGE,
    }

    public enum Nodes {
        ALL,
        COORDINATORS,
    }

    private final Kind kind;
    private final Nodes nodes;
    private final String description;

    Metric(Kind kind, Nodes nodes, String description) {
        this.kind = requireNonNull(kind, "kind is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
        this.description = requireNonNull(description, "description is null");
    }

    public Kind kind() {
        return kind;
    }

    public Nodes nodes() {
        return nodes;
    }

    public String description() {
        return description;
    }

    /// `snapshot_age_millis`.
    public String metricName() {
        return name().toLowerCase(ENGLISH);
    }
}
