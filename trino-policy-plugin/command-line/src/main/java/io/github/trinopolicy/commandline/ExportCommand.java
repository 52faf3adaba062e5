package io.github.trinopolicy.commandline;

import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.model.PolicyObject;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "export", abbreviateSynopsis = true, description = "Writes all documents of the store into a directory.", footer = {"",
        "Tags, attributes, purposes and groups are written into a file for each kind, all else into a file for each object. "
                + "Needs an administrator or auditor.",
        "", "Exit code: 0, or 1 error."})
final class ExportCommand extends ServerCommand {
    @Parameters(index = "0", paramLabel = "DIR", description = "Directory, which is made where it is not there")
    private Path directory = Path.of("");

    @Option(names = "--force", description = "Replace the files of an earlier export and remove those that are no longer needed; other "
            + "files stay as they are")
    private boolean force;

    ExportCommand(ProgramEnvironment environment, PolicyServices services) {
        super(environment, services);
    }

    @Override
    ServerWork prepare(ProgramEnvironment environment, Output output) {
        ExportDirectory export = new ExportDirectory(directory, force);
        export.check();
        return (service, _) -> {
            BundleReader reader = new BundleReader();
            Answer answer = service.export();
            List<ExportedDocument> documents = answer.rows().stream()
                    .map(row -> answer.value(row, "document").orElseThrow())
                    .map(text -> {
                        PolicyObject object = reader.read(text).getFirst().object();
                        return new ExportedDocument(object.kind(), object.name(), text);
                    })
                    .toList();
            ExportDirectory.Result result = export.write(documents);
            output.message("%s documents: %s files written, %s removed, %s as they were".formatted(documents.size(), result.written(),
                    result.removed(), result.unchanged()));
            return NO_CHANGE;
        };
    }
}
