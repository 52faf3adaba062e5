package io.github.trinopolicy.keys;

import static io.airlift.configuration.testing.ConfigAssertions.assertFullMapping;
import static io.airlift.configuration.testing.ConfigAssertions.assertRecordedDefaults;
import static io.airlift.configuration.testing.ConfigAssertions.recordDefaults;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.airlift.configuration.ConfigSecuritySensitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class TestKeyEncryptionConfig {
    @Test
    public void testDefaults() {
        assertRecordedDefaults(recordDefaults(KeyEncryptionConfig.class)
                .setKeyEncryptionKeyFile(null)
                .setKeyEncryptionKey(null)
                .setKmsKeyArn(null)
                .setPreviousKeyEncryptionKeyFiles(ImmutableList.of()));
    }

    @Test
    public void testExplicitPropertyMappings(@TempDir Path directory)
            throws IOException {
        Path present = Files.createFile(directory.resolve("present"));
        Path first = Files.createFile(directory.resolve("first"));
        Path second = Files.createFile(directory.resolve("second"));
        assertFullMapping(
                ImmutableMap.of(
                        "policy.key-encryption-key-file", present.toString(),
                        "policy.previous-key-encryption-key-files", first + "," + second),
                new KeyEncryptionConfig()
                        .setKeyEncryptionKeyFile(present.toFile())
                        .setPreviousKeyEncryptionKeyFiles(ImmutableList.of(first.toFile(), second.toFile())),
                ImmutableSet.of("policy.key-encryption-key", "policy.kms.key-arn"));
        assertFullMapping(
                ImmutableMap.of("policy.key-encryption-key", "text"),
                new KeyEncryptionConfig().setKeyEncryptionKey("text"),
                ImmutableSet.of("policy.key-encryption-key-file", "policy.kms.key-arn", "policy.previous-key-encryption-key-files"));
    }

    @Test
    public void testKeyOfKms() {
        assertFullMapping(
                ImmutableMap.of("policy.kms.key-arn", "arn"),
                new KeyEncryptionConfig().setKmsKeyArn("arn"),
                ImmutableSet.of("policy.key-encryption-key-file", "policy.key-encryption-key", "policy.previous-key-encryption-key-files"));
        assertThat(new KeyEncryptionConfig().setKmsKeyArn("arn").setKeyEncryptionKey("text").isExactlyOneKeyGiven()).isFalse();
    }

    @Test
    public void testExactlyOneKey() {
        assertThat(new KeyEncryptionConfig().isExactlyOneKeyGiven()).isFalse();
        assertThat(new KeyEncryptionConfig().setKeyEncryptionKey("text").isExactlyOneKeyGiven()).isTrue();
        assertThat(new KeyEncryptionConfig().setKeyEncryptionKeyFile(Path.of("key").toFile()).isExactlyOneKeyGiven()).isTrue();
        assertThat(new KeyEncryptionConfig().setKeyEncryptionKey("text").setKeyEncryptionKeyFile(Path.of("key").toFile())
                .isExactlyOneKeyGiven()).isFalse();
    }

    @Test
    public void testKeyIsKeptOutOfLogs()
            throws NoSuchMethodException {
        assertThat(KeyEncryptionConfig.class.getMethod("setKeyEncryptionKey", String.class)
                .isAnnotationPresent(ConfigSecuritySensitive.class)).isTrue();
    }
}
