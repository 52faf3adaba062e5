package io.github.trinopolicy.audit;

import static io.airlift.configuration.testing.ConfigAssertions.assertFullMapping;
import static io.airlift.configuration.testing.ConfigAssertions.assertRecordedDefaults;
import static io.airlift.configuration.testing.ConfigAssertions.recordDefaults;
import static io.airlift.units.DataSize.Unit.MEGABYTE;
import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.common.collect.ImmutableMap;
import io.airlift.units.DataSize;
import io.airlift.units.Duration;
import io.github.trinopolicy.enforcement.AuditedText;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TestAuditConfig {
    @Test
    void testDefaults() {
        assertRecordedDefaults(recordDefaults(AuditConfig.class)
                .setEnabled(true)
                .setQueryText(AuditedText.REDACTED)
                .setOnOverload(Overload.BLOCK)
                .setMaxWait(new Duration(10, SECONDS))
                .setQueueSize(DataSize.of(32, MEGABYTE))
                .setRetention(new Duration(90, DAYS))
                .setFile(null));
    }

    @Test
    void testExplicitPropertyMappings() {
        assertFullMapping(
                ImmutableMap.<String, String>builder()
                        .put("policy.audit.enabled", "false")
                        .put("policy.audit.query-text", "none")
                        .put("policy.audit.on-overload", "drop-and-count")
                        .put("policy.audit.max-wait", "3s")
                        .put("policy.audit.queue-size", "1MB")
                        .put("policy.audit.retention", "30d")
                        .put("policy.audit.file", "/var/log/trino/policy-audit.jsonl")
                        .buildOrThrow(),
                new AuditConfig()
                        .setEnabled(false)
                        .setQueryText(AuditedText.NONE)
                        .setOnOverload(Overload.DROP_AND_COUNT)
                        .setMaxWait(new Duration(3, SECONDS))
                        .setQueueSize(DataSize.of(1, MEGABYTE))
                        .setRetention(new Duration(30, DAYS))
                        .setFile(Path.of("/var/log/trino/policy-audit.jsonl")));
    }
}
