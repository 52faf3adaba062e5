package io.github.trinopolicy.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.trinopolicy.model.ObjectName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestSampleSecrets {
    private static final String STRANGE = "'; DROP TABLE sample_secret; --\u00fc\ud83d\ude00\"";

    private final TestingDatabase database = TestingPostgres.newest().createDatabase();
    private final PolicyStore store = database.openStore();
    private final SampleSecrets secrets = store.sampleSecrets();

    @AfterEach
    void dropDatabase() {
        store.close();
        database.close();
    }

    @Test
    void testNearestCounts() {
        set("alice", "lake", "catalog");
        assertThat(nearest("alice", "lake.shop.customer")).contains("catalog");
        set("alice", "lake.shop", "schema");
        set("alice", "lake.shop.customer", "table");
        set("alice", "lake.shop.customer", "table again");
        assertThat(nearest("alice", "lake.shop.customer")).contains("table again");
        assertThat(nearest("alice", "lake.shop.orders")).contains("schema");
        assertThat(nearest("alice", "lake.shops.orders")).contains("catalog");
        assertThat(nearest("alice", "lakes.shop.customer")).isEmpty();
        assertThat(nearest("Alice", "lake.shop.customer")).isEmpty();
        set(STRANGE, "lake.\"" + STRANGE.replace("\"", "\"\"") + "\"", "strange");
        assertThat(secrets.nearest(STRANGE, ObjectName.ofTable("lake", STRANGE, "t"))).contains("strange");
    }

    @Test
    void testEndOfOwnership() {
        for (String user : List.of("alice", "bob")) {
            for (String object : List.of("lake", "lake.shop", "lake.shop.customer", "lake.shop2.customer", "lake.shop.\"a.b\"")) {
                set(user, object, object);
            }
        }
        store.change(TestingActs.ACT, transaction -> {
            transaction.removeSampleSecrets(ObjectName.parse("lake.shop"));
            return transaction.put(TestingActs.tag("PII"));
        });
        assertThat(database.query("SELECT DISTINCT object FROM policy.sample_secret ORDER BY 1")).containsExactly("lake",
                "lake.shop2.customer");
        secrets.remove("alice", ObjectName.parse("lake.shop2.customer"));
        assertThat(database.query("SELECT user_name || ' ' || object FROM policy.sample_secret ORDER BY 1"))
                .containsExactly("bob lake", "bob lake.shop2.customer");
    }

    @Test
    void testActIsRecordedWithoutVersion() {
        set("alice", "lake.shop", "the-hash");
        assertThat(store.currentVersion().version()).isZero();
        assertThat(database.query("SELECT user_name || ' ' || action || ' ' || object FROM policy.audit_log WHERE kind = 'administration'"))
                .containsExactly("alice set_sample_secret lake.shop");
        assertThat(database.query("SELECT string_agg(l::text, '') FROM policy.audit_log l").getFirst()).doesNotContain("the-hash");
    }

    private void set(String user, String object, String hash) {
        secrets.set(new Act(user, Optional.empty(), Optional.empty(), "set_sample_secret"), ObjectName.parse(object), hash);
    }

    private Optional<String> nearest(String user, String object) {
        return secrets.nearest(user, ObjectName.parse(object));
    }
}
