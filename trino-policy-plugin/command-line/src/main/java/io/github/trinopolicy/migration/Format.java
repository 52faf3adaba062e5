package io.github.trinopolicy.migration;

import java.util.Optional;
import java.util.stream.Stream;

/// The systems whose rules can be migrated.
public enum Format {
    /// Trino's file-based system access control
    FILE_RULES("file-rules"),
    /// an export of Apache Ranger's policies
    RANGER("ranger"),
    /// Immuta's global policies in YAML
    IMMUTA("immuta");

    private final String commandName;

    Format(String commandName) {
        this.commandName = commandName;
    }

    /// The name on the command line.
    public String commandName() {
        return commandName;
    }

    public static Optional<Format> named(String name) {
        return Stream.of(values()).filter(format -> format.commandName.equals(name)).findFirst();
    }
}
