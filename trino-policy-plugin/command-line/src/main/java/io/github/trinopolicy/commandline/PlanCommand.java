package io.github.trinopolicy.commandline;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "plan", abbreviateSynopsis = true, description = "Shows what applying files would change.", footer = {"",
        "Needs an administrator or auditor. Changes nothing.", "", "Exit code: 0 nothing would change, 2 something would, 1 error."})
final class PlanCommand extends ServerCommand {
    @Mixin
    private final BundleArguments arguments = new BundleArguments();

    @Mixin
    private final PreviewOptions preview = new PreviewOptions();

    @Option(names = "--json", description = "Print the rows of the plan as JSON")
    private boolean json;

    PlanCommand(ProgramEnvironment environment, PolicyServices services) {
        super(environment, services);
    }

    @Override
    ServerWork prepare(ProgramEnvironment environment, Output output) {
        Optional<String> source = preview.source();
        JoinedBundle bundle = JoinedBundle.of(arguments.read(environment.in()));
        return (service, _) -> BundleUpload.use(service, bundle, output, uploaded -> {
            Plan plan = uploaded.plan(preview.prune, source);
            if (json) {
                output.raw(JsonRows.write(plan.answer()));
            }
            else {
                plan.print(output);
                output.line(Colour.HEADING, plan.summary());
            }
            return plan.changesSomething() ? CHANGES : NO_CHANGE;
        });
    }
}
