package io.github.trinopolicy.development;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import org.junit.jupiter.api.Test;

final class TestNodeSettings {
    private static final NodeSettings NODE = new NodeSettings("worker-1", 1)
            .withProperty("a", "1")
            .withCatalog("policy", ImmutableMap.of("connector.name", "policy", "policy.store.password", "canary"))
            .withCatalog("tpch", ImmutableMap.of("connector.name", "tpch"));

    @Test
    void testLastValueWins() {
        assertThat(NODE.withProperty("a", "2").properties()).containsExactlyEntriesOf(ImmutableMap.of("a", "2"));
    }

    @Test
    void testOneCatalogPropertyChanges() {
        assertThat(NODE.withCatalogProperty("policy", "policy.store.password", "other").catalogs().get("policy"))
                .containsExactlyInAnyOrderEntriesOf(ImmutableMap.of("connector.name", "policy", "policy.store.password", "other"));
        assertThatThrownBy(() -> NODE.withCatalogProperty("lake", "a", "b")).hasMessage("no such catalog");
    }

    @Test
    void testCatalogIsRemoved() {
        assertThat(NODE.withoutCatalog("policy").catalogs()).containsOnlyKeys("tpch");
    }

    @Test
    void testAccessControl() {
        NodeSettings governed = NODE.withAccessControl(ImmutableMap.of("access-control.name", "policy"));

        assertThat(governed.accessControl()).contains(ImmutableMap.of("access-control.name", "policy"));
        assertThat(governed.withoutAccessControl().accessControl()).isEmpty();
    }

    @Test
    void testNoSecretIsShown() {
        assertThat(NODE).hasToString("worker-1 on port 1 with catalogs [policy, tpch]");
    }
}
