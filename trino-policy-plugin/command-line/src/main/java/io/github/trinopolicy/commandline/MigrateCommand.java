package io.github.trinopolicy.commandline;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.migration.Format;
import io.github.trinopolicy.migration.Migrated;
import io.github.trinopolicy.migration.Migration;
import io.github.trinopolicy.migration.TableListing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Turns the rules of another system into a bundle.
@Command(name = "migrate", abbreviateSynopsis = true, description = "Turns the rules of another system into a bundle, without a server.", footer = {
        "",
        "The bundle allows nothing that the rules do not allow. What it could not say is listed with its line, on the standard error and "
                + "at the head of the bundle.",
        "", "Exit code: 0 everything was carried over, 2 something is listed, 1 error."})
final class MigrateCommand extends Subcommand {
    @Parameters(index = "0", paramLabel = "SYSTEM", description = "file-rules (Trino's file-based access control), ranger or immuta")
    private String system = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The exported rules: JSON, or YAML of immuta; - for the standard input")
    private String file = "";

    @Option(names = "--tables", paramLabel = "<file>", description = "Names of the tables that there are, one on each line, against which "
            + "patterns are expanded")
    private Optional<String> tables = Optional.empty();

    @Option(names = "--out", paramLabel = "<file>", description = "Write the bundle there, where no file is yet (default: standard output)")
    private Optional<String> out = Optional.empty();

    MigrateCommand(ProgramEnvironment environment) {
        super(environment);
    }

    @Override
    int run(ProgramEnvironment environment, Output output) {
        Format format = Format.named(system).orElseThrow(() -> new CommandFailure("there is no migration from '%s': %s are known".formatted(
                system, String.join(", ", ImmutableList.copyOf(Format.values()).stream().map(Format::commandName).toList()))));
        Migration migration = tables.map(name -> Migration.of(format).withTables(parse(read(name, environment), TableListing::parse)))
                .orElseGet(() -> Migration.of(format));
        BundleText rules = read(file, environment);
        Migrated migrated = parse(rules, migration::migrate);
        out.ifPresentOrElse(name -> write(name, migrated.bundle()), () -> output.raw(migrated.bundle()));
        migrated.unmigrated().forEach(item -> output.note(
                Problem.of(rules.file(), Optional.of(item.position()), "%s: %s; %s".formatted(item.what(), item.why(), item.remedy()))
                        .toString()));
        migrated.settings().forEach(setting -> output.message(
                "for etc/catalog/policy.properties: %s (%s)".formatted(setting.property(), setting.why())));
        output.message("%s; %s not carried over".formatted(
                migrated.documents().size() == 1 ? "1 document" : migrated.documents().size() + " documents",
                migrated.complete() ? "nothing" : migrated.unmigrated().size()));
        return migrated.complete() ? NO_CHANGE : CHANGES;
    }

    private static BundleText read(String name, ProgramEnvironment environment) {
        List<BundleText> texts = BundleFiles.read(ImmutableList.of(name), environment.in());
        if (texts.size() != 1) {
            throw new CommandFailure("'%s' is a directory of %s files: name one".formatted(name, texts.size()));
        }
        return texts.getFirst();
    }

    private static <T> T parse(BundleText text, Function<String, T> parser) {
        try {
            return parser.apply(text.text());
        }
        catch (BundleException e) {
            throw CommandFailure.ofProblems(e.errors().stream().map(error -> Problem.of(text.file(), error.position(), error.message()))
                    .collect(toImmutableList()));
        }
    }

    private static void write(String name, String bundle) {
        try {
            // an earlier result may have been edited since
            Files.writeString(Path.of(name), bundle, UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
        catch (InvalidPathException e) {
            throw new CommandFailure("'%s' is no name of a file".formatted(name), e);
        }
        catch (IOException e) {
            throw new CommandFailure("'%s' cannot be written: %s".formatted(name, FailureSentences.reason(e)), e);
        }
    }
}
