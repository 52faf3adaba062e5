package io.github.trinopolicy.keys;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads the key-encryption keys that a node is configured with.
public final class LocalKeyProviderFactory {
    private static final String KEY_FILE = "policy.key-encryption-key-file";
    private static final String KEY = "policy.key-encryption-key";
    private static final String PREVIOUS_KEY_FILES = "policy.previous-key-encryption-key-files";

    private final Optional<File> keyFile;
    private final Optional<String> key;
    private final List<File> previousKeyFiles;

    public LocalKeyProviderFactory(KeyEncryptionConfig config) {
        checkArgument(config.isExactlyOneKeyGiven(), "Exactly one of %s, %s and policy.kms.key-arn must be set", KEY_FILE, KEY);
        keyFile = config.getKeyEncryptionKeyFile();
        key = config.getKeyEncryptionKey();
        previousKeyFiles = ImmutableList.copyOf(config.getPreviousKeyEncryptionKeyFiles());
    }

    /// @throws IllegalArgumentException with one sentence that names the property and the file
    public LocalKeyProvider create() {
        KeyEncryptionKey present = keyFile.map(file -> readFile(KEY_FILE, file))
                .orElseGet(() -> parse(KEY, key.orElseThrow().getBytes(UTF_8)));
        List<KeyEncryptionKey> previous = previousKeyFiles.stream().map(file -> readFile(PREVIOUS_KEY_FILES, file))
                .collect(toImmutableList());
        return new LocalKeyProvider(present, previous, new SecureRandom());
    }

    /// A provider that shall only unwrap, since another sort of provider wraps; empty without previous keys.
    Optional<LocalKeyProvider> createPrevious() {
        List<KeyEncryptionKey> previous = previousKeyFiles.stream().map(file -> readFile(PREVIOUS_KEY_FILES, file))
                .collect(toImmutableList());
        return previous.isEmpty()
                ? Optional.empty()
                : Optional.of(new LocalKeyProvider(previous.getFirst(), previous, new SecureRandom()));
    }

    private static KeyEncryptionKey readFile(String property, File file) {
        return parse("%s: file %s".formatted(property, file), readBytes(property, file));
    }

    private static byte[] readBytes(String property, File file) {
        try {
            return Files.readAllBytes(file.toPath());
        }
        catch (NoSuchFileException e) {
            throw new IllegalArgumentException("%s: file %s does not exist".formatted(property, file), e);
        }
        catch (IOException e) {
            throw new IllegalArgumentException("%s: file %s cannot be read".formatted(property, file), e);
        }
    }

    private static KeyEncryptionKey parse(String place, byte[] text) {
        try {
            return KeyEncryptionKey.fromBase64(text);
        }
        catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s %s".formatted(place, e.getMessage()), e);
        }
        finally {
            Arrays.fill(text, (byte) 0);
        }
    }
}
