package io.github.trinopolicy.plugin;

import static com.google.common.base.Throwables.getCausalChain;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.trino.testing.TestingSession.testSessionBuilder;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.keys.DataKey;
import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.keys.KeyEncryptionConfig;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.LocalKeyProviderFactory;
import io.github.trinopolicy.model.KeyReference;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.StoredKey;
import io.github.trinopolicy.store.TestingDatabase;
import io.github.trinopolicy.store.TestingPostgres;
import io.trino.Session;
import io.trino.plugin.base.security.ForwardingSystemAccessControl;
import io.trino.plugin.base.security.testing.TestingSystemAccessControlContext;
import io.trino.plugin.memory.MemoryPlugin;
import io.trino.plugin.tpch.TpchPlugin;
import io.trino.spi.eventlistener.EventListener;
import io.trino.spi.eventlistener.QueryCompletedEvent;
import io.trino.spi.eventlistener.QueryCreatedEvent;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemAccessControl;
import io.trino.testing.DistributedQueryRunner;
import io.trino.testing.MaterializedResult;
import io.trino.testing.MaterializedRow;
import io.trino.testing.QueryFailedException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Trino of one node in this process, with the plugin over a store of its own, and the catalogs `memory` and `tpch`.
final class TestingPolicyServer implements AutoCloseable {
    /// What Trino's test servers call themselves.
    static final String TRINO_VERSION = "testversion";
    /// Administers policies and is not exempt from them.
    static final String GOVERNOR = "governor";
    static final String ENTITLEMENT_ADMINISTRATOR = "registrar";
    static final String AUDITOR = "auditor";
    static final String OPERATOR = "operator";
    /// Exempt from all policies; administers nothing.
    static final String PIPELINE = "pipeline";

    private final TestingDatabase database;
    private final String keyEncryptionKey;
    private final DistributedQueryRunner runner;
    private final SystemAccessControl accessControl;

    private TestingPolicyServer(TestingDatabase database, String keyEncryptionKey, DistributedQueryRunner runner,
            SystemAccessControl accessControl) {
        this.database = requireNonNull(database, "database is null");
        this.keyEncryptionKey = requireNonNull(keyEncryptionKey, "keyEncryptionKey is null");
        this.runner = requireNonNull(runner, "runner is null");
        this.accessControl = requireNonNull(accessControl, "accessControl is null");
    }

    static TestingPolicyServer start() {
        return start(ImmutableMap.of());
    }

    /// @param properties of the catalog, beside or instead of the usual ones
    static TestingPolicyServer start(Map<String, String> properties) {
        return start(properties, ImmutableMap.of());
    }

    /// @param trinoProperties of the server itself
    static TestingPolicyServer start(Map<String, String> properties, Map<String, String> trinoProperties) {
        TestingDatabase database = TestingPostgres.newest().createDatabase();
        String keyEncryptionKey = newKeyEncryptionKey();
        // as in a server, the catalog comes first; until then nothing is allowed
        LateAccessControl accessControl = new LateAccessControl();
        try {
            DistributedQueryRunner runner = DistributedQueryRunner.builder(session("nobody"))
                    .setWorkerCount(0)
                    .addExtraProperties(trinoProperties)
                    .setSystemAccessControl(ForwardingSystemAccessControl.of(accessControl::get))
                    .setEventListener(new EventListener() {
                        @Override
                        public void queryCreated(QueryCreatedEvent event) {
                            accessControl.get().getEventListeners().forEach(listener -> listener.queryCreated(event));
                        }

                        @Override
                        public void queryCompleted(QueryCompletedEvent event) {
                            accessControl.get().getEventListeners().forEach(listener -> listener.queryCompleted(event));
                        }
                    })
                    .build();
            try {
                PolicyPlugin plugin = new PolicyPlugin();
                runner.installPlugin(new TpchPlugin());
                runner.createCatalog("tpch", "tpch");
                runner.installPlugin(new MemoryPlugin());
                runner.createCatalog("memory", "memory");
                runner.installPlugin(plugin);
                runner.createCatalog("policy", "policy", ImmutableMap.<String, String>builder()
                        .putAll(properties.containsKey("policy.kms.key-arn")
                                ? properties(database, ImmutableMap.of())
                                : properties(database, keyEncryptionKey))
                        .putAll(properties)
                        .buildKeepingLast());
                accessControl.set(only(plugin.getSystemAccessControlFactories())
                        .create(ImmutableMap.of(), new TestingSystemAccessControlContext(TRINO_VERSION)));
                return new TestingPolicyServer(database, keyEncryptionKey, runner, accessControl.get());
            }
            catch (RuntimeException e) {
                runner.close();
                throw e;
            }
        }
        catch (Exception e) {
            database.close();
            throw new IllegalStateException("the server did not start", e);
        }
    }

    static Map<String, String> properties(TestingDatabase database, String keyEncryptionKey) {
        return properties(database, ImmutableMap.of("policy.key-encryption-key", keyEncryptionKey));
    }

    /// @param keyProperties name the key-encryption key
    static Map<String, String> properties(TestingDatabase database, Map<String, String> keyProperties) {
        return ImmutableMap.<String, String>builder()
                .put("policy.store.url", database.url())
                .put("policy.store.user", "postgres")
                .putAll(keyProperties)
                .put("policy.administrators", GOVERNOR)
                .put("policy.entitlement-administrators", ENTITLEMENT_ADMINISTRATOR)
                .put("policy.auditors", AUDITOR)
                .put("policy.operators", OPERATOR)
                .put("policy.exempt-users", PIPELINE)
                .put("policy.ungoverned-tables", "allow")
                .buildOrThrow();
    }

    static String newKeyEncryptionKey() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    static Session session(String user) {
        return sessionBuilder(user).build();
    }

    static Session.SessionBuilder sessionBuilder(String user) {
        Identity identity = Identity.ofUser(user);
        return testSessionBuilder().setIdentity(identity).setOriginalIdentity(identity).setCatalog("memory").setSchema("default");
    }

    DistributedQueryRunner runner() {
        return runner;
    }

    SystemAccessControl accessControl() {
        return accessControl;
    }

    TestingDatabase database() {
        return database;
    }

    /// All that the store holds, as text.
    String dump() {
        StringBuilder dump = new StringBuilder();
        for (String table : database.query("SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'policy'")) {
            database.query("SELECT coalesce(string_agg(t::text, ' '), '') FROM policy.%s t".formatted(table)).forEach(dump::append);
        }
        return dump.toString();
    }

    MaterializedResult execute(String user, String sql) {
        return execute(session(user), sql);
    }

    MaterializedResult execute(Session session, String sql) {
        return runner.execute(session, sql);
    }

    List<List<@Nullable Object>> rows(String user, String sql) {
        return rows(session(user), sql);
    }

    List<List<@Nullable Object>> rows(Session session, String sql) {
        return execute(session, sql).getMaterializedRows().stream().map(MaterializedRow::getFields)
                .map(fields -> Collections.unmodifiableList(new ArrayList<@Nullable Object>(fields))).collect(toImmutableList());
    }

    /// The first column.
    List<@Nullable Object> column(String user, String sql) {
        List<@Nullable Object> values = new ArrayList<>();
        rows(user, sql).forEach(row -> values.add(row.getFirst()));
        return values;
    }

    /// The only column of the only row.
    @Nullable
    Object value(String user, String sql) {
        List<@Nullable Object> values = column(user, sql);
        assertThat(values).describedAs(sql).hasSize(1);
        return values.getFirst();
    }

    void apply(String bundle) {
        execute(GOVERNOR, "CALL policy.admin.apply(%s)".formatted(literal(bundle)));
    }

    long version() {
        return (long) requireNonNull(value(GOVERNOR, "SELECT version FROM policy.metadata.snapshot_status"));
    }

    void assertRefused(String user, String sql, String message) {
        assertRefused(session(user), sql, message);
    }

    /// @param message without the code that each denial ends with
    void assertRefused(Session session, String sql, String message) {
        String failure = failure(session, sql);
        assertThat(withoutCode(failure)).isEqualTo(message);
        // the words for a function are Trino's own
        if (failure.startsWith("Access Denied: ") && !failure.startsWith("Access Denied: Cannot execute function ")) {
            assertThat(failure).matches("(?s).* \\(POLICY-\\d{3}\\)");
        }
    }

    static String withoutCode(String message) {
        return message.replaceFirst(" \\(POLICY-\\d{3}\\)$", "");
    }

    /// The message that the user gets.
    String failure(String user, String sql) {
        return failure(session(user), sql);
    }

    String failure(Session session, String sql) {
        QueryFailedException failure = catchThrowableOfType(QueryFailedException.class, () -> execute(session, sql));
        assertThat(failure).describedAs("%s did not fail", sql).isNotNull();
        return String.valueOf(failure.getMessage());
    }

    /// All texts by which the secrets of the store could show: its data keys, plain and wrapped, and the key that wraps them.
    List<String> secrets() {
        List<String> secrets = new ArrayList<>();
        secrets.add(keyEncryptionKey);
        try (PolicyStore store = database.openStore();
                KeyProvider keys = new LocalKeyProviderFactory(new KeyEncryptionConfig().setKeyEncryptionKey(keyEncryptionKey)).create()) {
            for (KeyReference reference : store.load().keys()) {
                StoredKey stored = store.key(reference.id()).orElseThrow();
                addTexts(stored.wrapped().bytes(), secrets);
                try (DataKey key = keys.unwrap(stored.wrapped(), KeyContext.of(stored.storeId(), stored.reference()))) {
                    addTexts(key.bytes(), secrets);
                }
            }
        }
        return secrets;
    }

    private static void addTexts(byte[] secret, List<String> texts) {
        texts.add(HexFormat.of().formatHex(secret));
        texts.add(HexFormat.of().withUpperCase().formatHex(secret));
        texts.add(Base64.getEncoder().encodeToString(secret));
        texts.add(Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    static <T> T only(Iterable<T> elements) {
        List<T> list = ImmutableList.copyOf(elements);
        assertThat(list).hasSize(1);
        return list.getFirst();
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /// The messages of a failure and of what caused it, the outermost first.
    static List<String> messages(Throwable failure) {
        return getCausalChain(failure).stream().map(cause -> String.valueOf(cause.getMessage())).collect(toImmutableList());
    }

    @Override
    public void close() {
        runner.close();
        database.close();
    }

    /// Denies everything until the access control is there.
    private static final class LateAccessControl {
        private volatile SystemAccessControl delegate = new SystemAccessControl() {
        };

        private void set(SystemAccessControl accessControl) {
            delegate = requireNonNull(accessControl, "accessControl is null");
        }

        private SystemAccessControl get() {
            return delegate;
        }
    }
}
