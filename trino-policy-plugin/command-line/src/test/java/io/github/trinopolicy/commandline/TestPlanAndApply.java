package io.github.trinopolicy.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.commandline.ProgramEnvironment.Stream;
import io.github.trinopolicy.commandline.TestingProgram.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `policy plan`, `apply` and `impact`: what they say, ask and return.
class TestPlanAndApply {
    private static final List<List<@Nullable String>> CHANGES = ImmutableList.of(
            ImmutableList.of("create", "Tag", "A", "+ kind: Tag\n+ name: A"),
            ImmutableList.of("change", "User", "alice", "of source 'x'\n- groups: [a]\n+ groups: [b]"),
            ImmutableList.of("remove", "Group", "a", "- kind: Group"),
            ImmutableList.of("approve", "Column", "lake.shop.t.c", "varchar"),
            ImmutableList.of("warn", "Policy", "p", "outranks a stronger mask"));

    private static final List<List<@Nullable String>> WARNINGS = ImmutableList.of(ImmutableList.of("warn", "Policy", "p", "is weak"));

    private static final String PRINTED = """
            + create Tag A
                + kind: Tag
                + name: A
            ~ change User alice
                of source 'x'
                - groups: [a]
                + groups: [b]
            - remove Group a
                - kind: Group
            * approve Column lake.shop.t.c varchar
            ! warn Policy p
                outranks a stronger mask
            1 to create, 1 to change, 1 to remove, 1 column to approve
            """;

    @TempDir
    private Path directory;

    private String file = "";
    private final TestingPolicyService service = new TestingPolicyService();

    @BeforeEach
    void writeFile() throws IOException {
        file = Files.writeString(directory.resolve("a.yaml"), "kind: Tag\nname: A\n").toString();
    }

    private TestingProgram program() {
        return new TestingProgram(service.connecting());
    }

    @Test
    void testPlan() {
        service.plan(CHANGES);
        Result result = program().run("plan", file);
        assertThat(result.out()).isEqualTo(PRINTED);
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(service.asked).containsExactly("connect http://localhost:8080 as " + System.getProperty("user.name"), "upload",
                "plan prune=false source=none", "forget", "close");
    }

    @Test
    void testPlanWithoutChanges() {
        assertThat(program().run("plan", file))
                .isEqualTo(new Result(0, "0 to create, 0 to change, 0 to remove, 0 columns to approve\n", ""));
        // what is only warned of changes nothing
        service.plan(WARNINGS);
        assertThat(program().run("plan", file).exitCode()).isEqualTo(0);
    }

    @Test
    void testPlanWithPrune() {
        assertThat(program().run("plan", "--prune", "--source", "shop", "--user=maria", "--server", "https://trino:8443", file).exitCode())
                .isEqualTo(0);
        assertThat(service.asked).contains("connect https://trino:8443 as maria", "plan prune=true source=shop");
        assertThat(program().run("plan", "--prune", file))
                .isEqualTo(new Result(1, "", "error: --prune removes what the source no longer names: say which by --source\n"));
    }

    @Test
    void testColours() {
        service.plan(CHANGES);
        String coloured = program().run("plan", "--color", "always", file).out();
        assertThat(coloured).contains("\u001B[32m+ create Tag A\u001B[0m\n", "\u001B[32m    + name: A\u001B[0m\n",
                "\u001B[31m    - groups: [a]\u001B[0m\n", "\n    of source 'x'\n");
        assertThat(program().terminals(Stream.OUT).run("plan", file).out()).isEqualTo(coloured);
        assertThat(program().terminals(Stream.OUT).variable("NO_COLOR", "1").run("plan", file).out()).isEqualTo(PRINTED);
        assertThat(program().terminals(Stream.OUT).run("plan", "--color=never", file).out()).isEqualTo(PRINTED);
        // a result in a pipe is not coloured, even where errors go to a terminal
        assertThat(program().terminals(Stream.IN, Stream.ERR).run("plan", file).out()).isEqualTo(PRINTED);
    }

    @Test
    void testPlanCannotDeceiveATerminal() {
        service.plan(ImmutableList.of(ImmutableList.of("create", "Tag", "A\u001B[1A\u202E", "+ x\u009B2K")));
        assertThat(program().run("plan", file).out()).startsWith("+ create Tag A\\u{1b}[1A\\u{202e}\n    + x\\u{9b}2K\n");
        assertThat(program().run("plan", "--json", file).out()).doesNotContain("\u001B").doesNotContain("\u202E").doesNotContain("\u009B");
    }

    @Test
    void testJson() throws IOException {
        service.plan(CHANGES);
        Result result = program().run("plan", "--json", file);
        assertThat(result.exitCode()).isEqualTo(2);
        List<?> rows = new ObjectMapper().readValue(result.out(), List.class);
        assertThat(rows).hasSize(5);
        assertThat((Object) rows.getFirst()).isEqualTo(
                ImmutableMap.of("action", "create", "kind", "Tag", "name", "A", "detail", "+ kind: Tag\n+ name: A"));
    }

    @Test
    void testProgressIsForTerminals() {
        assertThat(program().terminals(Stream.ERR).run("plan", file).err()).startsWith("\rUploading [").endsWith(" \r").contains(" 0/2");
        assertThat(program().terminals(Stream.ERR).run("plan", "--no-progress", file).err()).isEmpty();
        assertThat(program().terminals(Stream.OUT).run("plan", file).err()).isEmpty();
    }

    @Test
    void testErrorsOfTheServerNameTheFile() {
        service.refuse("line 3, column 7: Tag 'A': wrong\nPolicy 'old' (not in this bundle): wrong too");
        assertThat(program().run("plan", file)).isEqualTo(new Result(1, "",
                "%s:2:7: Tag 'A': wrong\nerror: Policy 'old' (not in this bundle): wrong too\n".formatted(file)));
        assertThat(program().run("impact", file).err()).startsWith("%s:2:7: Tag 'A': wrong".formatted(file));
        assertThat(program().run("explain", "alice", "lake").err()).startsWith("error: line 3");
        assertThat(service.asked).contains("forget");
    }

    @Test
    void testWrongFilesNeverReachTheServer() throws IOException {
        Files.writeString(Path.of(file), "kind: Tug\nname: A\n");
        assertThat(program().run("apply", "--yes", "--source=s", "--reason=r", file).exitCode()).isEqualTo(1);
        assertThat(service.asked).isEmpty();
    }

    @Test
    void testApplyAsks() {
        service.plan(CHANGES);
        Result result = program().terminals(Stream.IN, Stream.ERR).in("y\n").run("apply", "--no-progress", "--source", "shop", "--reason",
                "because", file);
        assertThat(result).isEqualTo(new Result(2, PRINTED,
                "Apply this at http://localhost:8080? [y/N] Applied; the policies are those of version 12 now.\n"));
        assertThat(service.asked).containsSubsequence("plan prune=false source=shop", "apply prune=false source=shop reason=because",
                "forget");
    }

    @Test
    void testApplyTakesNoForAnAnswer() {
        service.plan(CHANGES);
        for (String answer : ImmutableList.of("n\n", "\n", "", "yesterday\n")) {
            Result result = program().terminals(Stream.IN, Stream.ERR).in(answer).run("apply", "--color=never", "--source=s", "--reason=r",
                    file);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err()).contains("error: nothing was applied\n");
        }
        assertThat(service.asked).noneMatch(it -> it.startsWith("apply")).contains("forget");
    }

    @Test
    void testApplyNeedsATerminalOrYes() {
        service.plan(CHANGES);
        Result refused = program().in("y\n").run("apply", "--source=s", "--reason=r", file);
        assertThat(refused).isEqualTo(new Result(1, "",
                "error: apply asks before it changes anything, and there is no terminal to ask on: pass --yes\n"));
        assertThat(
                program().terminals(Stream.IN, Stream.ERR).in("kind: Tag\nname: A\n")
                        .run("apply", "--color=never", "--source=s", "--reason=r", "-").err())
                .isEqualTo("error: apply asks on the standard input, where the files come from: pass --yes\n");
        assertThat(service.asked).isEmpty();
        assertThat(program().in("kind: Tag\nname: A\n").run("apply", "--source=s", "--reason=r", "--prune", "--yes", "-").exitCode())
                .isEqualTo(2);
        assertThat(service.asked).contains("apply prune=true source=s reason=r");
    }

    @Test
    void testDryRunChangesNothing() {
        service.plan(CHANGES);
        assertThat(program().run("apply", "--dry-run", "--source=s", "--reason=r", file)).isEqualTo(new Result(2, PRINTED, ""));
        assertThat(service.asked).noneMatch(it -> it.startsWith("apply"));
    }

    @Test
    void testNothingToApply() {
        assertThat(program().run("apply", "--yes", "--source=s", "--reason=r", file).exitCode()).isEqualTo(0);
        assertThat(service.asked).noneMatch(it -> it.startsWith("apply"));
    }

    @Test
    void testApplyNeedsSourceAndReason() {
        assertThat(program().run("apply", file).err())
                .startsWith("error: Missing required options: '--source=<name>', '--reason=<text>'\n");
        assertThat(program().run("apply", "--source= ", "--reason=r", "--yes", file).err())
                .isEqualTo("error: --source and --reason must not be empty\n");
    }

    @Test
    void testImpact() {
        List<String> columns = ImmutableList.of("user_name", "object", "column_name", "before", "after");
        service.answer(columns, ImmutableList.of());
        assertThat(program().run("impact", file)).isEqualTo(new Result(0, "", "Nobody would see anything differently.\n"));
        List<@Nullable String> row = new ArrayList<>(ImmutableList.of("alice", "lake.shop.t", "", "raw", "hash"));
        row.set(2, null);
        service.answer(columns, ImmutableList.of(row));
        assertThat(program().run("impact", file)).isEqualTo(new Result(2, """
                user_name | object      | column_name | before | after
                ----------+-------------+-------------+--------+------
                alice     | lake.shop.t |             | raw    | hash
                """, ""));
        assertThat(program().run("impact", "--prune", "--source=shop", file).exitCode()).isEqualTo(2);
        assertThat(service.asked).contains("impact prune=false source=none", "impact prune=true source=shop");
        assertThat(program().run("impact", "--prune", file).err()).startsWith("error: --prune removes what the source no longer names");
        assertThat(program().run("impact", "--json", file).out()).contains("\"column_name\" : null");
    }

    @Test
    void testExplain() {
        service.answer(ImmutableList.of("kind"), ImmutableList.of(ImmutableList.of("access")));
        assertThat(program().run("explain", "alice", "lake.shop.t", "--groups", "a,b"))
                .isEqualTo(new Result(0, "kind\n------\naccess\n", ""));
        assertThat(service.asked).contains("explain alice lake.shop.t a,b");
    }
}
