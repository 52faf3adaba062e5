package io.github.trinopolicy.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.trinopolicy.commandline.TestingProgram.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `policy migrate` around the migrations, which have tests of their own.
class TestMigrateCommand {
    private static final String RULES = """
            {
              "catalogs": [{"catalog": "lake", "allow": "all"}],
              "schemas": [],
              "tables": [
                {"group": "hr", "catalog": "lake", "schema": "people", "table": "%s", "privileges": ["SELECT"]}
              ]
            }
            """;

    private static Result migrate(String rules, String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "migrate";
        System.arraycopy(options, 0, arguments, 1, options.length);
        arguments[arguments.length - 2] = "file-rules";
        arguments[arguments.length - 1] = "-";
        return new TestingProgram((_, _) -> {
            throw new AssertionError("migrate needs no server");
        }).in(rules).run(arguments);
    }

    @Test
    void testWhatCanBeSaidIsCarriedOver() {
        Result result = migrate(RULES.formatted("staff"));
        assertThat(result.exitCode()).isEqualTo(0);
        assertThat(result.out()).contains("kind: DataSource\nname: lake.people.staff\n", "in_any_group('hr')");
        assertThat(result.err()).contains("for etc/catalog/policy.properties: policy.ungoverned-tables=deny (", "nothing not carried over");
        // the result is a bundle
        assertThat(new TestingProgram().in(result.out()).run("validate", "--complete", "-").exitCode()).isEqualTo(0);
    }

    @Test
    void testWhatCannotBeSaidIsListedWithItsPlace() {
        Result result = migrate(RULES.formatted("staff_[0-9]+"));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("(standard input):5:5: a pattern of objects: ", "; list all tables with --tables")
                .doesNotContain("nothing not carried over");
    }

    @Test
    void testTablesExpandPatterns(@TempDir Path directory) throws IOException {
        Path tables = Files.writeString(directory.resolve("tables.txt"), "lake.people.staff_1\nlake.people.staff_x\n");
        Result result = migrate(RULES.formatted("staff_[0-9]+"), "--tables", tables.toString());
        assertThat(result.out()).contains("name: lake.people.staff_1\n");
    }

    @Test
    void testOutIsNotOverwritten(@TempDir Path directory) throws IOException {
        Path out = directory.resolve("bundle.yaml");
        assertThat(migrate(RULES.formatted("staff"), "--out", out.toString())).satisfies(result -> {
            assertThat(result.exitCode()).isEqualTo(0);
            assertThat(result.out()).isEmpty();
        });
        String bundle = Files.readString(out);
        assertThat(bundle).isEqualTo(migrate(RULES.formatted("staff")).out());
        Result again = migrate(RULES.formatted("other"), "--out", out.toString());
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("bundle.yaml' cannot be written");
        assertThat(Files.readString(out)).isEqualTo(bundle);
    }

    @Test
    void testMistakesAreSentences() {
        assertThat(migrate("{\"catalogs\": 7}")).satisfies(result -> {
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).startsWith("(standard input):1:");
        });
        Result unknown = new TestingProgram().run("migrate", "sentry", "x");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).isEqualTo("error: there is no migration from 'sentry': file-rules, ranger, immuta are known\n");
    }

    @Test
    void testOtherSystems() {
        Result ranger = new TestingProgram().in("{\"policies\": []}").run("migrate", "ranger", "-");
        assertThat(ranger.exitCode()).describedAs(ranger.err()).isLessThan(3).isNotEqualTo(1);
        Result immuta = new TestingProgram().in("name: nothing\ntype: data\nactions: []\n").run("migrate", "immuta", "-");
        assertThat(immuta.exitCode()).describedAs(immuta.err()).isLessThan(3).isNotEqualTo(1);
    }
}
