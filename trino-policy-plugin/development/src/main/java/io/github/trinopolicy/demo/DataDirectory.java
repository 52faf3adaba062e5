package io.github.trinopolicy.demo;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.development.KeyFile;
import io.github.trinopolicy.development.PrivateDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The directory that holds the state of one demo. Only one demo at a time uses it.
final class DataDirectory implements AutoCloseable {
    private final Path root;
    private final boolean temporary;
    private final FileChannel lock;

    private DataDirectory(Path root, boolean temporary, FileChannel lock) {
        this.root = requireNonNull(root, "root is null");
        this.temporary = temporary;
        this.lock = requireNonNull(lock, "lock is null");
    }

    /// @param directory absent: a temporary one, deleted at the end
    /// @throws IllegalStateException with a sentence for the user when another demo uses the directory
    static DataDirectory open(Optional<Path> directory) throws IOException {
        Path root = directory.isPresent() ? directory.get().toAbsolutePath().normalize() : Files.createTempDirectory("trino-policy-demo-");
        PrivateDirectory.create(root);
        // the process that holds the lock releases it by ending, however it ends
        FileChannel lock = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() == null) {
                throw inUse(root);
            }
            DataDirectory result = new DataDirectory(root, directory.isEmpty(), lock);
            // binaries, configuration and logs of the last run, which may have ended at any point
            PrivateDirectory.delete(result.run());
            PrivateDirectory.create(result.run());
            PrivateDirectory.create(result.warehouse());
            return result;
        }
        catch (OverlappingFileLockException e) {
            lock.close();
            throw inUse(root);
        }
        catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static IllegalStateException inUse(Path root) {
        return new IllegalStateException("Data directory: %s is used by another demo; stop it or give another --data".formatted(root));
    }

    /// True when nothing outlives this run.
    boolean isTemporary() {
        return temporary;
    }

    /// What is made anew at each start.
    Path run() {
        return root.resolve("run");
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    Path warehouse() {
        return root.resolve("warehouse");
    }

    /// The file with the key-encryption key; made at the first call, 32 random bytes in Base64.
    Path keyEncryptionKey() throws IOException {
        Path file = root.resolve("key-encryption-key");
        if (!Files.exists(file)) {
            KeyFile.writeNew(file);
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        try {
            if (temporary) {
                PrivateDirectory.delete(root);
            }
        }
        finally {
            lock.close();
        }
    }
}
