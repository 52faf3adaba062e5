package io.github.trinopolicy.commandline;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "explain", abbreviateSynopsis = true, description = "Shows what a user sees of a table, and why.", footer = {"",
        "Needs an administrator, an auditor or an owner of the table.", "", "Exit code: 0, or 1 error."})
final class ExplainCommand extends ServerCommand {
    @Parameters(index = "0", paramLabel = "USER", description = "Whose view it is about")
    private String user = "";

    @Parameters(index = "1", paramLabel = "TABLE", description = "catalog.schema.table")
    private String table = "";

    @Option(names = "--groups", paramLabel = "<names>", description = "Groups that only Trino knows of the user, with commas between them")
    @Nullable
    private String groups;

    @Option(names = "--json", description = "Print the rows as JSON")
    private boolean json;

    ExplainCommand(ProgramEnvironment environment, PolicyServices services) {
        super(environment, services);
    }

    @Override
    ServerWork prepare(ProgramEnvironment environment, Output output) {
        return (service, _) -> {
            Answer answer = service.explain(user, table, Optional.ofNullable(groups));
            if (json) {
                output.raw(JsonRows.write(answer));
            }
            else {
                TextTable.lines(answer).forEach(output::line);
            }
            return NO_CHANGE;
        };
    }
}
