package io.github.trinopolicy.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.trinopolicy.commandline.TestingProgram.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The program as a whole: help, version, mistakes, completion, large bundles.
class TestPolicyCommandLine {
    @Test
    void testHelp() {
        for (String command : List.of("validate", "plan", "apply", "impact", "explain", "export", "migrate", "completion")) {
            Result help = new TestingProgram().run(command, "--help");
            assertThat(help.exitCode()).isEqualTo(0);
            assertThat(help.out()).startsWith("Usage: policy " + command);
            assertThat(new TestingProgram().run("help", command).out()).isEqualTo(help.out());
            assertThat(new TestingProgram().run("--help").out()).contains("\n  " + command + " ");
        }
    }

    @Test
    void testVersion() {
        Result version = new TestingProgram().run("--version");
        assertThat(version.exitCode()).isEqualTo(0);
        assertThat(version.out()).matches("policy [0-9].* for Trino [0-9]+\n");
    }

    @Test
    void testMistakesAreErrors() {
        // 2 would mean changes
        for (String[] arguments : new String[][]{{}, {"apply"}, {"plane", "x"}, {"plan"}, {"plan", "--nope", "x"},
                {"plan", "--color=pink", "x"},
                {"help", "plane"}, {"explain", "alice"}}) {
            Result result = new TestingProgram().run(arguments);
            assertThat(result.exitCode()).describedAs(String.join(" ", arguments)).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).isNotEmpty().doesNotContain("\tat ");
        }
        assertThat(new TestingProgram().run("plane", "x").err())
                .isEqualTo(
                        "error: there is an argument too many, or no such command (did you mean 'plan'?)\n'policy --help' tells what it takes\n");
    }

    @Test
    void testCompletion() {
        Result completion = new TestingProgram().run("completion");
        assertThat(completion.exitCode()).isEqualTo(0);
        assertThat(completion.out()).startsWith("#!/usr/bin/env bash").contains("--truststore-path", "complete -F");
    }

    @Test
    void testUnforeseenFailuresAreSentences() {
        Result result = new TestingProgram((_, _) -> {
            throw new IllegalStateException("broken");
        }).run("explain", "a", "b");
        assertThat(result).isEqualTo(new Result(1, "",
                "error: something that nobody foresaw went wrong (IllegalStateException: broken): run again with --debug and report it\n"));
    }

    @Test
    void testPartsOfLargeBundles() {
        int limit = TrinoPolicyService.MAX_LITERAL_LENGTH;
        String text = "'".repeat(limit) + "\uD83D\uDE00".repeat(limit / 2) + "x".repeat(7);
        List<String> parts = TrinoPolicyService.parts(text);
        assertThat(String.join("", parts)).isEqualTo(text);
        assertThat(parts).hasSizeGreaterThan(2).allSatisfy(part -> {
            assertThat(part.replace("'", "''").length() + 2).isLessThanOrEqualTo(limit);
            assertThat(Character.isLowSurrogate(part.charAt(0))).isFalse();
        });
    }
}
