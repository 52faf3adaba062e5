package io.github.trinopolicy.plugin;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Joiner;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.common.collect.Sets;
import io.airlift.configuration.ConfigurationFactory;
import io.airlift.configuration.ConfigurationMetadata;
import io.airlift.configuration.ConfigurationMetadata.AttributeMetadata;
import io.airlift.units.Duration;
import io.github.trinopolicy.audit.AuditConfig;
import io.github.trinopolicy.enforcement.PolicyConfig;
import io.github.trinopolicy.keyring.KeyCacheConfig;
import io.github.trinopolicy.keyring.KeyRolloverConfig;
import io.github.trinopolicy.keys.KeyEncryptionConfig;
import io.github.trinopolicy.keys.KmsConfig;
import io.github.trinopolicy.service.ServiceConfig;
import io.github.trinopolicy.store.StoreConfig;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// `docs/configuration.md` lists exactly the properties that there are, and its examples are accepted.
public class TestConfigurationDocs {
    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");
    private static final String BEGIN = "<!-- begin of the generated table: TestConfigurationDocs -->";
    private static final String END = "<!-- end of the generated table -->";
    private static final Pattern EXAMPLE_FILE = Pattern.compile("```properties\n# (etc/[^\n]*)\n(.*?)```", Pattern.DOTALL);

    private static final List<Class<?>> CONFIGS = ImmutableList.of(StoreConfig.class, KeyEncryptionConfig.class, KmsConfig.class,
            KeyCacheConfig.class,
            KeyRolloverConfig.class, PolicyConfig.class, ServiceConfig.class,
            AuditConfig.class);

    private static final String KEY_FILE = "policy.key-encryption-key-file";
    private static final String KEY = "policy.key-encryption-key";

    private static final String KMS_KEY = "policy.kms.key-arn";
    private static final String SERVICE_PASSWORD = "policy.fingerprint.password";

    private static final String ALL = "all";
    private static final String COORDINATORS = "coordinators";

    /// Nodes that read the property, where that is not said of its whole class.
    private static final Map<String, String> READ_BY = ImmutableMap.of(
            "policy.store.migration-timeout", "workers",
            "policy.refresh-interval", ALL,
            "policy.max-staleness", ALL,
            "policy.key-rollover-interval", COORDINATORS,
            "policy.audit.file", ALL);

    /// A value for each property, another one than its default.
    private static final Map<String, String> EXAMPLES = ImmutableMap.<String, String>builder()
            .put("policy.store.url", "jdbc:postgresql://db.example.com:5432/trino")
            .put("policy.store.user", "policy_owner")
            .put("policy.store.password", "${ENV:POLICY_STORE_PASSWORD}")
            .put("policy.store.schema", "policy_test")
            .put("policy.store.cluster", "finance")
            .put("policy.store.max-connections", "20")
            .put("policy.store.connect-timeout", "5s")
            .put("policy.store.request-timeout", "30s")
            .put("policy.store.migration-timeout", "5m")
            .put(KEY_FILE, "/etc/trino/policy.kek")
            .put(KEY, "${ENV:POLICY_KEY_ENCRYPTION_KEY}")
            .put("policy.previous-key-encryption-key-files", "/etc/trino/policy-2025.kek")
            .put(KMS_KEY, "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
            .put("policy.kms.previous-key-arns", "arn:aws:kms:eu-central-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321")
            .put("policy.kms.region", "eu-central-1")
            .put("policy.kms.endpoint", "https://kms.example.com")
            .put("policy.key-cache-max-age", "15m")
            .put("policy.key-rollover-interval", "90d")
            .put("policy.administrators", "group:governors,maria")
            .put("policy.entitlement-administrators", "group:identity-team")
            .put("policy.key-administrators", "group:security")
            .put("policy.auditors", "group:audit")
            .put("policy.operators", "group:platform")
            .put("policy.exempt-users", "etl,backup")
            .put("policy.exempt-groups", "break-glass")
            .put("policy.ungoverned-tables", "deny")
            .put("policy.definer-views", "owner")
            .put("policy.time-zone", "Europe/Berlin")
            .put("policy.allowed-session-properties", "query_max_run_time,lake.parquet_max_read_block_size")
            .put("policy.allowed-routines", "lake.system.optimize")
            .put("policy.fingerprint.trino-url", "https://coordinator.example.com:8443")
            .put("policy.fingerprint.user", "policy_reader")
            .put(SERVICE_PASSWORD, "${ENV:POLICY_READER_PASSWORD}")
            .put("policy.fingerprint.truststore-path", "/etc/trino/ca.pem")
            .put("policy.fingerprint.truststore-password", "${ENV:POLICY_TRUSTSTORE_PASSWORD}")
            .put("policy.fingerprint.enabled", "true")
            .put("policy.fingerprint.concurrency", "4")
            .put("policy.fingerprint.statement-timeout", "5m")
            .put("policy.audit.enabled", "false")
            .put("policy.audit.query-text", "none")
            .put("policy.audit.on-overload", "fail-query")
            .put("policy.audit.max-wait", "1m")
            .put("policy.audit.queue-size", "100MB")
            .put("policy.audit.retention", "365d")
            .put("policy.audit.file", "/var/log/trino/policy-audit.jsonl")
            .put("policy.refresh-interval", "2s")
            .put("policy.max-staleness", "1m")
            .buildOrThrow();

    @Test
    public void testTableIsTrue() throws IOException {
        String document = document();
        assertThat(document).contains(BEGIN + "\n", END);
        String table = document.substring(document.indexOf(BEGIN) + BEGIN.length() + 1, document.indexOf(END));
        assertThat(table)
                .as("%s is out of date: put these lines between its two markers%n%n%s", DOCUMENT, table())
                .isEqualTo(table());
    }

    @Test
    public void testExamplesAreOfExistingProperties() {
        Set<String> names = attributes().map(TestConfigurationDocs::property).collect(toImmutableSet());
        assertThat(EXAMPLES.keySet()).isEqualTo(names);
        assertThat(names).containsAll(READ_BY.keySet());
    }

    @Test
    public void testExamplesAreAccepted() throws ReflectiveOperationException {
        for (Class<?> config : CONFIGS) {
            for (AttributeMetadata attribute : attributes(config)) {
                Object built = build(config, withExample(property(attribute)));
                assertThat(attribute.getGetter().invoke(built))
                        .as(property(attribute))
                        .isNotEqualTo(attribute.getGetter().invoke(config.getConstructor().newInstance()));
            }
        }
    }

    @Test
    public void testExampleFilesAreAccepted() throws IOException {
        Matcher files = EXAMPLE_FILE.matcher(document());
        ImmutableSet.Builder<String> found = ImmutableSet.builder();
        while (files.find()) {
            String name = files.group(1);
            found.add(name);
            Map<String, String> properties = properties(files.group(2));
            if (name.startsWith("etc/catalog/policy.properties")) {
                assertThat(properties).containsEntry("connector.name", "policy");
                assertCatalogFileIsAccepted(Maps.filterKeys(properties, key -> !key.equals("connector.name")));
            }
            else {
                assertThat(name).isEqualTo("etc/access-control.properties");
                assertThat(properties).containsExactly(Map.entry("access-control.name", "policy"));
            }
        }
        assertThat(found.build()).contains("etc/access-control.properties", "etc/catalog/policy.properties");
    }

    private static void assertCatalogFileIsAccepted(Map<String, String> properties) {
        Set<String> known = attributes().map(TestConfigurationDocs::property).collect(toImmutableSet());
        assertThat(Sets.difference(properties.keySet(), known)).isEmpty();
        CONFIGS.forEach(config -> build(config, properties));
    }

    private static Object build(Class<?> config, Map<String, String> properties) {
        try (ConfigurationFactory factory = new ConfigurationFactory(properties)) {
            return factory.build(config);
        }
    }

    /// What must be set and, over it, the example of one property.
    private static Map<String, String> withExample(String property) {
        ImmutableMap.Builder<String, String> properties = ImmutableMap.builder();
        for (String required : ImmutableList.of("policy.store.url", "policy.store.user", "policy.administrators",
                "policy.ungoverned-tables")) {
            properties.put(required, example(required));
        }
        if (!property.equals(KEY) && !property.equals(KMS_KEY)) {
            properties.put(KEY_FILE, example(KEY_FILE));
        }
        if (property.equals(SERVICE_PASSWORD)) {
            for (String needed : ImmutableList.of("policy.fingerprint.user", "policy.fingerprint.trino-url")) {
                properties.put(needed, example(needed));
            }
        }
        return properties.put(property, example(property)).buildKeepingLast();
    }

    private static String table() {
        ImmutableList.Builder<String> lines = ImmutableList.builder();
        lines.add("| Property | Default | Meaning | Example | Read by |", "|---|---|---|---|---|");
        attributes().sorted(comparing(TestConfigurationDocs::property)).map(TestConfigurationDocs::line).forEach(lines::add);
        return Joiner.on('\n').join(lines.build()) + "\n";
    }

    private static String line(AttributeMetadata attribute) {
        String property = property(attribute);
        assertThat(attribute.getDescription()).as(property).isNotNull().doesNotContain("|");
        return "| `%s` | %s | %s%s | `%s` | %s |".formatted(property, defaultValue(attribute), attribute.getDescription(),
                attribute.isSecuritySensitive() ? ". **Secret**" : "", example(property), readBy(attribute));
    }

    private static String defaultValue(AttributeMetadata attribute) {
        Optional<String> value = text(initialValue(attribute));
        if (value.isPresent()) {
            return "`" + value.get() + "`";
        }
        if (property(attribute).equals(KEY_FILE) || property(attribute).equals(KEY) || property(attribute).equals(KMS_KEY)) {
            return "one of three is **required**";
        }
        return isRequired(attribute.getGetter()) ? "**required**" : "none";
    }

    private static @Nullable Object initialValue(AttributeMetadata attribute) {
        try {
            return attribute.getGetter().invoke(attribute.getConfigClass().getConstructor().newInstance());
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no default of " + property(attribute), e);
        }
    }

    private static boolean isRequired(Method getter) {
        // of a list that may be empty, the annotation only says that it is there
        boolean required = getter.isAnnotationPresent(NotNull.class) && !Collection.class.isAssignableFrom(getter.getReturnType());
        return required || getter.isAnnotationPresent(NotEmpty.class);
    }

    /// The value as one writes it; empty where nothing is set.
    private static Optional<String> text(@Nullable Object value) {
        return switch (value) {
            case null -> Optional.empty();
            case Optional<?> optional -> optional.flatMap(TestConfigurationDocs::text);
            case Collection<?> list -> list.isEmpty() ? Optional.empty() : Optional.of(Joiner.on(", ").join(list));
            case Duration duration -> Optional.of(duration.toString().replace(".00", ""));
            case Enum<?> constant -> Optional.of(constant.name().toLowerCase(ENGLISH).replace('_', '-'));
            case ZoneId zone -> Optional.of(zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId());
            default -> Optional.of(value.toString());
        };
    }

    private static String readBy(AttributeMetadata attribute) {
        String ofClass = attribute.getConfigClass().equals(PolicyConfig.class)
                || attribute.getConfigClass().equals(ServiceConfig.class)
                || attribute.getConfigClass().equals(AuditConfig.class) ? COORDINATORS : ALL;
        return READ_BY.getOrDefault(property(attribute), ofClass);
    }

    private static String example(String property) {
        return requireNonNull(EXAMPLES.get(property), () -> "there is no example of " + property);
    }

    private static String property(AttributeMetadata attribute) {
        return attribute.getInjectionPoint().getProperty();
    }

    private static Stream<AttributeMetadata> attributes() {
        return CONFIGS.stream().flatMap(config -> attributes(config).stream());
    }

    private static List<AttributeMetadata> attributes(Class<?> config) {
        return ConfigurationMetadata.getConfigurationMetadata(config).getAttributes().values().stream()
                .filter(attribute -> attribute.getInjectionPoint() != null)
                .collect(toImmutableList());
    }

    private static Map<String, String> properties(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return properties.stringPropertyNames().stream().collect(toImmutableMap(name -> name, properties::getProperty));
    }

    private static String document() throws IOException {
        String document = Files.readString(DOCUMENT, UTF_8);
        // an editor on another system must not make the test fail
        return Joiner.on('\n').join(Splitter.on("\r\n").split(document));
    }
}
