package io.github.trinopolicy.commandline;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "impact", abbreviateSynopsis = true, description = "Shows who would see what differently after applying files.", footer = {
        "",
        "Changes nothing.", "", "Exit code: 0 nobody would, 2 somebody would, 1 error."})
final class ImpactCommand extends ServerCommand {
    @Mixin
    private final BundleArguments arguments = new BundleArguments();

    @Mixin
    private final PreviewOptions preview = new PreviewOptions();

    @Option(names = "--json", description = "Print the rows as JSON")
    private boolean json;

    ImpactCommand(ProgramEnvironment environment, PolicyServices services) {
        super(environment, services);
    }

    @Override
    ServerWork prepare(ProgramEnvironment environment, Output output) {
        Optional<String> source = preview.source();
        JoinedBundle bundle = JoinedBundle.of(arguments.read(environment.in()));
        return (service, _) -> BundleUpload.use(service, bundle, output, uploaded -> {
            Answer answer = uploaded.impact(preview.prune, source);
            if (json) {
                output.raw(JsonRows.write(answer));
            }
            else if (answer.isEmpty()) {
                output.message("Nobody would see anything differently.");
            }
            else {
                TextTable.lines(answer).forEach(output::line);
            }
            return answer.isEmpty() ? NO_CHANGE : CHANGES;
        });
    }
}
