package io.github.trinopolicy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestDataDirectory {
    @TempDir
    private Path parent;

    @Test
    void testStateStaysAndRunIsNew() throws Exception {
        Path root = parent.resolve("deep").resolve("data");
        String key;
        try (DataDirectory directory = DataDirectory.open(Optional.of(root))) {
            key = Files.readString(directory.keyEncryptionKey());
            assertThat(Base64.getDecoder().decode(key)).hasSize(32);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.keyEncryptionKey()))).isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root))).isEqualTo("rwx------");
            Files.writeString(directory.warehouse().resolve("kept"), "");
            Files.writeString(directory.run().resolve("left"), "");
        }

        try (DataDirectory directory = DataDirectory.open(Optional.of(root))) {
            assertThat(Files.readString(directory.keyEncryptionKey())).isEqualTo(key);
            assertThat(directory.warehouse().resolve("kept")).exists();
            assertThat(directory.run()).isEmptyDirectory();
        }
    }

    @Test
    void testTemporaryDirectoryIsDeleted() throws Exception {
        Path run;
        try (DataDirectory directory = DataDirectory.open(Optional.empty())) {
            run = directory.run();
            assertThat(directory.isTemporary()).isTrue();
            assertThat(run).isDirectory();
        }
        assertThat(run.getParent()).doesNotExist();
    }

    @Test
    void testOneDemoAtATime() throws Exception {
        try (DataDirectory _ = DataDirectory.open(Optional.of(parent))) {
            assertThatThrownBy(() -> DataDirectory.open(Optional.of(parent)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Data directory: %s is used by another demo; stop it or give another --data", parent);
        }
    }
}
