package io.github.trinopolicy.commandline;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// As what files are looked at before they are applied. Written by picocli.
final class PreviewOptions {
    @Option(names = "--source", paramLabel = "<name>", description = "Source that the files will be applied as; shows where they would "
            + "change objects of other sources")
    @Nullable
    String source;

    @Option(names = "--prune", description = "As if applied with --prune, which removes what the source no longer names; needs --source")
    boolean prune;

    /// @throws CommandFailure when nobody says what would be removed
    Optional<String> source() {
        if (prune && source == null) {
            throw new CommandFailure("--prune removes what the source no longer names: say which by --source");
        }
        return Optional.ofNullable(source);
    }
}
