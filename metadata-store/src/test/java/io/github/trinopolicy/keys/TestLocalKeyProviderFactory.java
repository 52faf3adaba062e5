package io.github.trinopolicy.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class TestLocalKeyProviderFactory {
    private static final String TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @TempDir
    private Path directory = Path.of("");

    @Test
    public void testKeyInConfiguration() {
        try (LocalKeyProvider provider = create(new KeyEncryptionConfig().setKeyEncryptionKey(TEXT))) {
            assertThat(provider.id()).isEqualTo("local:e22473caf9727a38");
        }
    }

    @Test
    public void testKeyInFile()
            throws IOException {
        try (LocalKeyProvider provider = create(inFile(TEXT + "\n"))) {
            assertThat(provider.id()).isEqualTo("local:e22473caf9727a38");
        }
    }

    @Test
    public void testNoKeyOrTwo() {
        assertFails(new KeyEncryptionConfig(),
                "Exactly one of policy.key-encryption-key-file, policy.key-encryption-key and policy.kms.key-arn must be set");
        assertFails(
                new KeyEncryptionConfig().setKeyEncryptionKey(TEXT).setKeyEncryptionKeyFile(directory.toFile()),
                "Exactly one of policy.key-encryption-key-file, policy.key-encryption-key and policy.kms.key-arn must be set");
    }

    @Test
    public void testMissingFile() {
        Path missing = directory.resolve("missing");
        assertFails(
                new KeyEncryptionConfig().setKeyEncryptionKeyFile(missing.toFile()),
                "policy.key-encryption-key-file: file %s does not exist".formatted(missing));
        assertFails(
                new KeyEncryptionConfig().setKeyEncryptionKey(TEXT).setPreviousKeyEncryptionKeyFiles(ImmutableList.of(missing.toFile())),
                "policy.previous-key-encryption-key-files: file %s does not exist".formatted(missing));
    }

    @Test
    public void testDirectory() {
        assertFails(
                new KeyEncryptionConfig().setKeyEncryptionKeyFile(directory.toFile()),
                "policy.key-encryption-key-file: file %s cannot be read".formatted(directory));
    }

    @Test
    public void testBadText()
            throws IOException {
        assertFails(
                inFile("not base64!"),
                "policy.key-encryption-key-file: file %s is not Base64, exactly 32 bytes in Base64 are needed".formatted(file()));
        assertFails(
                inFile("AAAA"),
                "policy.key-encryption-key-file: file %s holds 3 bytes, exactly 32 bytes in Base64 are needed".formatted(file()));
        assertFails(
                new KeyEncryptionConfig().setKeyEncryptionKey("AAAA"),
                "policy.key-encryption-key holds 3 bytes, exactly 32 bytes in Base64 are needed");
        assertFails(
                new KeyEncryptionConfig().setKeyEncryptionKey("not base64!"),
                "policy.key-encryption-key is not Base64, exactly 32 bytes in Base64 are needed");
    }

    private Path file() {
        return directory.resolve("key");
    }

    private KeyEncryptionConfig inFile(String text)
            throws IOException {
        return new KeyEncryptionConfig().setKeyEncryptionKeyFile(Files.writeString(file(), text).toFile());
    }

    private static LocalKeyProvider create(KeyEncryptionConfig config) {
        return new LocalKeyProviderFactory(config).create();
    }

    private static void assertFails(KeyEncryptionConfig config, String message) {
        assertThatThrownBy(() -> create(config)).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
