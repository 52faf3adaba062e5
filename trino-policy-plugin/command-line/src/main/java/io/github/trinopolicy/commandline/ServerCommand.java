package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import picocli.CommandLine.ArgGroup;

/// A command that asks a server.
abstract class ServerCommand extends Subcommand {
    @ArgGroup(validate = false, heading = "%nServer:%n", order = 100)
    private ServerOptions serverOptions = new ServerOptions();

    private final PolicyServices services;

    ServerCommand(ProgramEnvironment environment, PolicyServices services) {
        super(environment);
        this.services = requireNonNull(services, "services is null");
    }

    /// What can be wrong without asking the server.
    abstract ServerWork prepare(ProgramEnvironment environment, Output output);

    @Override
    final int run(ProgramEnvironment environment, Output output) {
        ServerWork work = prepare(environment, output);
        ServerAddress address = serverOptions.address(environment);
        ServerLogin login = serverOptions.login(address, environment);
        output.hide(login.secrets());
        try (PolicyService service = services.connect(address, login)) {
            return work.run(service, address);
        }
    }

    /// The part of a command for which the server is needed.
    interface ServerWork {
        int run(PolicyService service, ServerAddress address);
    }
}
