package io.github.trinopolicy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.development.Deadline;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// How decisions reach the scans and the nodes.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(TestingServers.class)
final class TestGovernedQueries {
    private static final String REGIONS = "SELECT array_join(array_agg(DISTINCT region ORDER BY region), ',') FROM lake.shop.customer";

    private final TestingGovernedCluster governed;

    TestGovernedQueries(TestingGovernedCluster governed) {
        this.governed = governed;
    }

    @Test
    void testRowFilterByAttributesPrunesPartitions() throws Exception {
        try (Session alice = governed.session("alice"); Session admin = governed.session("admin")) {
            assertThat(alice.query("EXPLAIN SELECT customer_id, email FROM lake.shop.customer").text())
                    .containsPattern("table = lake:shop\\.customer\\S* constraint on \\[region]")
                    .contains(":region:varchar", ":: [[AFRICA], [EUROPE]]")
                    .doesNotContain("filterPredicate");
            assertThat(admin.query("EXPLAIN SELECT customer_id, email FROM lake.shop.customer").text())
                    .contains("lake:shop.customer")
                    .doesNotContain("constraint on");
            assertThat(alice.query(REGIONS).single()).isEqualTo("AFRICA,EUROPE");
        }
    }

    @Test
    void testChangeHoldsForTheNextQueryAndOnAllNodesWithinASecond() throws Exception {
        try (Session alice = governed.session("alice")) {
            assertThat(alice.query(REGIONS).single()).isEqualTo("AFRICA,EUROPE");
            long before = version();
            try {
                governed.applySampleBundleWith("attributes: {region: [AFRICA, EUROPE]", "attributes: {region: [ASIA]");
                assertThat(alice.query(REGIONS).single()).isEqualTo("ASIA");

                long after = version();
                assertThat(after).isEqualTo(before + 1);
                awaitNodes(after);
                // both by the clock of the database
                assertThat(Double.parseDouble(TestingGovernedCluster.single(governed.database(), """
                        SELECT extract(epoch FROM max(node.seen_at) - max(revision.created_at)) FROM policy.node
                        JOIN policy.revision ON revision.version = node.store_version
                        WHERE revision.version = (SELECT version FROM policy.store_info)
                        """))).isLessThan(1);
            }
            finally {
                governed.applySampleBundle();
            }
            assertThat(alice.query(REGIONS).single()).isEqualTo("AFRICA,EUROPE");
        }
    }

    private long version() throws Exception {
        try (Session admin = governed.session("admin")) {
            return Long.parseLong(admin.query("SELECT version FROM policy.metadata.snapshot_status").single());
        }
    }

    private void awaitNodes(long version) throws Exception {
        try (Session admin = governed.session("admin")) {
            Deadline deadline = Deadline.in(Duration.ofSeconds(10));
            Set<String> nodes = ImmutableSet.of();
            while (nodes.size() < 2 && !deadline.isPassed()) {
                nodes = ImmutableSet.copyOf(
                        admin.query("SELECT node_id FROM policy.metadata.nodes WHERE version = " + version).column("node_id"));
            }
            assertThat(nodes).containsExactlyInAnyOrder("coordinator", "worker-1");
        }
    }
}
