package io.github.trinopolicy.commandline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.commandline.ProgramEnvironment.Stream;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Runs the program in this process, over a service that the test chooses.
final class TestingProgram {
    private final PolicyServices services;
    private String in = "";
    private Set<Stream> terminals = ImmutableSet.of();
    private Map<String, String> variables = ImmutableMap.of();
    private Optional<String> typedPassword = Optional.empty();

    TestingProgram(PolicyServices services) {
        this.services = services;
    }

    /// Over the real driver.
    TestingProgram() {
        this(TrinoPolicyService::connect);
    }

    TestingProgram in(String text) {
        this.in = text;
        return this;
    }

    TestingProgram terminals(Stream... streams) {
        this.terminals = ImmutableSet.copyOf(streams);
        return this;
    }

    TestingProgram variable(String name, String value) {
        this.variables = ImmutableMap.<String, String>builder().putAll(variables).put(name, value).buildKeepingLast();
        return this;
    }

    TestingProgram typedPassword(String password) {
        this.typedPassword = Optional.of(password);
        return this;
    }

    ProgramEnvironment environment(StringWriter out, StringWriter err) {
        return new ProgramEnvironment(new ByteArrayInputStream(in.getBytes(UTF_8)), new PrintWriter(out), new PrintWriter(err), terminals,
                variables, _ -> typedPassword);
    }

    Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        ProgramEnvironment environment = environment(out, err);
        int exitCode = PolicyCommandLine.create(environment, services).execute(arguments);
        environment.out().flush();
        environment.err().flush();
        return new Result(exitCode, out.toString(), err.toString());
    }

    record Result(int exitCode, String out, String err) {}
}
