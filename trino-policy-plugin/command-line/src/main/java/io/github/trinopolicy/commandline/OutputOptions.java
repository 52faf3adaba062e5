package io.github.trinopolicy.commandline;

import static java.util.Locale.ENGLISH;

import picocli.CommandLine.Option;

/// How a command speaks. Written by picocli.
final class OutputOptions {
    enum WhenColoured {
        AUTO,
        ALWAYS,
        NEVER;

        @Override
        public String toString() {
            return name().toLowerCase(ENGLISH);
        }
    }

    @Option(names = "--color", paramLabel = "<when>", defaultValue = "auto", description = "Colours: auto, always, never (default: auto: "
            + "on a terminal, unless NO_COLOR is set)")
    WhenColoured color = WhenColoured.AUTO;

    @Option(names = "--no-progress", description = "Show no progress; without a terminal none is shown anyway")
    boolean noProgress;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help")
    boolean help;

    @Option(names = "--debug", description = "Show the stack trace of an error")
    boolean debug;
}
