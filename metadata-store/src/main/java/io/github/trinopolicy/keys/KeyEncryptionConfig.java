package io.github.trinopolicy.keys;

import com.google.common.collect.ImmutableList;
import io.airlift.configuration.Config;
import io.airlift.configuration.ConfigDescription;
import io.airlift.configuration.ConfigSecuritySensitive;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import java.io.File;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

public class KeyEncryptionConfig {
    private @Nullable File keyEncryptionKeyFile;
    private @Nullable String keyEncryptionKey;
    private @Nullable String kmsKeyArn;
    private List<File> previousKeyEncryptionKeyFiles = ImmutableList.of();

    public Optional<File> getKeyEncryptionKeyFile() {
        return Optional.ofNullable(keyEncryptionKeyFile);
    }

    @Config("policy.key-encryption-key-file")
    @ConfigDescription("File with the key under which data keys are wrapped: exactly 32 bytes in Base64, the same on all nodes")
    public KeyEncryptionConfig setKeyEncryptionKeyFile(@Nullable File keyEncryptionKeyFile) {
        this.keyEncryptionKeyFile = keyEncryptionKeyFile;
        return this;
    }

    public Optional<String> getKeyEncryptionKey() {
        return Optional.ofNullable(keyEncryptionKey);
    }

    @Config("policy.key-encryption-key")
    @ConfigDescription("The key under which data keys are wrapped, instead of a file: exactly 32 bytes in Base64, the same on all nodes")
    @ConfigSecuritySensitive
    public KeyEncryptionConfig setKeyEncryptionKey(@Nullable String keyEncryptionKey) {
        this.keyEncryptionKey = keyEncryptionKey;
        return this;
    }

    public Optional<String> getKmsKeyArn() {
        return Optional.ofNullable(kmsKeyArn);
    }

    @Config("policy.kms.key-arn")
    @ConfigDescription("ARN of the key of AWS KMS under which data keys are wrapped, instead of a local one; the same on all nodes")
    public KeyEncryptionConfig setKmsKeyArn(@Nullable String kmsKeyArn) {
        this.kmsKeyArn = kmsKeyArn;
        return this;
    }

    @NotNull
    public List<File> getPreviousKeyEncryptionKeyFiles() {
        return previousKeyEncryptionKeyFiles;
    }

    @Config("policy.previous-key-encryption-key-files")
    @ConfigDescription("Files with keys that were used before: they unwrap, and wrap nothing any more")
    public KeyEncryptionConfig setPreviousKeyEncryptionKeyFiles(List<File> previousKeyEncryptionKeyFiles) {
        this.previousKeyEncryptionKeyFiles = ImmutableList.copyOf(previousKeyEncryptionKeyFiles);
        return this;
    }

    @AssertTrue(message = "Exactly one of policy.key-encryption-key-file, policy.key-encryption-key and policy.kms.key-arn must be set")
    public boolean isExactlyOneKeyGiven() {
        return Stream.of(keyEncryptionKeyFile, keyEncryptionKey, kmsKeyArn).filter(Objects::nonNull).count() == 1;
    }
}
