package io.github.trinopolicy.commandline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// `docs/command-line.md` lists exactly the options that there are, and its examples are accepted.
class TestCommandLineDocs {
    private static final Path DOCUMENT = Path.of("..", "..", "docs", "command-line.md");
    private static final String END = "<!-- end -->";
    // of all commands, told once
    private static final List<String> EVERYWHERE = ImmutableList.of("--help", "--color", "--no-progress", "--debug");
    private static final Pattern EXAMPLE = Pattern
            .compile("(?m)(?:^|[ /])policy ((?:validate|plan|apply|impact|explain|export|migrate) [^\n|`]*)");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private static CommandLine program() {
        return PolicyCommandLine.create(new TestingProgram().environment(new StringWriter(), new StringWriter()),
                new TestingPolicyService().connecting());
    }

    @Test
    void testTablesAreTrue() throws IOException {
        String document = Files.readString(DOCUMENT, UTF_8);
        SoftAssertions tables = new SoftAssertions();
        for (String command : ImmutableList.of("validate", "plan", "apply", "impact", "explain", "export", "migrate")) {
            check(tables, document, command,
                    table(command, option -> option.group() == null && !EVERYWHERE.contains(option.longestName())));
        }
        check(tables, document, "the server", table("plan", option -> option.group() != null));
        check(tables, document, "all commands", table("plan", option -> EVERYWHERE.contains(option.longestName())));
        tables.assertAll();
    }

    private static void check(SoftAssertions tables, String document, String of, String table) {
        String begin = "<!-- options of %s: TestCommandLineDocs -->\n".formatted(of);
        assertThat(document).contains(begin);
        String rest = document.substring(document.indexOf(begin) + begin.length());
        tables.assertThat(rest.substring(0, rest.indexOf(END)))
                .as("the table is out of date: put these lines behind its marker%n%n%s%s", begin,
                        table)
                .isEqualTo(table);
    }

    private static String table(String command, Predicate<OptionSpec> shown) {
        List<String> lines = new ArrayList<>(ImmutableList.of("| Option | Meaning |", "|---|---|"));
        requireNonNull(program().getSubcommands().get(command), command).getCommandSpec().options().stream().filter(shown)
                .map(option -> "| %s | %s |".formatted(names(option), description(option))).forEach(lines::add);
        return Joiner.on('\n').join(lines) + "\n";
    }

    private static String names(OptionSpec option) {
        String parameter = option.arity().max() > 0 ? " " + option.paramLabel() : "";
        return "`%s%s`%s".formatted(Joiner.on("`, `").join(option.names()), parameter, option.required() ? " **required**" : "");
    }

    private static String description(ArgSpec option) {
        return Joiner.on(' ').join(option.description());
    }

    @Test
    void testExamplesAreAccepted() throws IOException {
        Matcher examples = EXAMPLE.matcher(Files.readString(DOCUMENT, UTF_8));
        int count = 0;
        while (examples.find()) {
            List<String> words = new ArrayList<>();
            Matcher matcher = WORD.matcher(examples.group(1));
            while (matcher.find()) {
                words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
            }
            if (!words.contains("FILES")) {
                count++;
            }
            assertThatCode(() -> program().parseArgs(words.toArray(String[]::new))).as(examples.group(1)).doesNotThrowAnyException();
        }
        assertThat(count).isGreaterThanOrEqualTo(8);
    }

    @Test
    void testExitCodes() throws IOException {
        assertThat(Files.readString(DOCUMENT, UTF_8)).contains("Exit codes are %s no change, %s changes, %s error".formatted(
                Subcommand.NO_CHANGE, Subcommand.CHANGES, Subcommand.ERROR));
    }
}
