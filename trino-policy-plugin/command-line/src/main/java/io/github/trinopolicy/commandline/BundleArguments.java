package io.github.trinopolicy.commandline;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/// The files that a command is about. Written by picocli.
final class BundleArguments {
    @Parameters(arity = "1..*", paramLabel = "FILES", description = "Files and directories with documents (.yaml, .yml, .json at any depth), "
            + "or - for the standard input; together they are one bundle")
    List<String> files = new ArrayList<>();

    /// @throws CommandFailure with everything that is wrong with the form of the files
    BundleSet read(InputStream in) {
        return BundleSet.read(BundleFiles.read(files, in));
    }

    boolean usesStandardInput() {
        return files.contains(BundleFiles.STANDARD_INPUT);
    }
}
