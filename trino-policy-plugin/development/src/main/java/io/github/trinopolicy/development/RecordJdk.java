package io.github.trinopolicy.development;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes the home of the JDK that runs it to a file, for scripts that start what the build made. Run by the build.
final class RecordJdk {
    private RecordJdk() {
    }

    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), System.getProperty("java.home") + "\n", UTF_8);
    }
}
