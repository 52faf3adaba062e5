package io.github.trinopolicy.development;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where the build put what a server needs.
///
/// @param java the executable of the JDK that nodes run on
/// @param classPath of a node, in the form of the `java` command (an entry may end in `/*`)
/// @param classArchive what [ClassArchive] has written, or will
/// @param pluginDirectories each holds one directory per plugin
/// @param policies the sample bundle
public record ServerLayout(Path java, List<String> classPath, Path classArchive, List<Path> pluginDirectories, Path policies) {
    public ServerLayout {
        requireNonNull(java, "java is null");
        classPath = ImmutableList.copyOf(classPath);
        requireNonNull(classArchive, "classArchive is null");
        pluginDirectories = ImmutableList.copyOf(pluginDirectories);
        requireNonNull(policies, "policies is null");
    }

    /// The layout of a source tree that has been built. Nodes run on the JDK that runs this.
    ///
    /// @throws IllegalStateException naming what is missing when the tree is not built
    public static ServerLayout ofSourceTree(Path root) {
        Path plugin = root.toAbsolutePath().normalize().resolve("trino-policy-plugin");
        Path development = plugin.resolve("development").resolve("target");
        Path server = requireBuilt(development.resolve("server"));
        Path libraries = requireBuilt(server.resolve("lib"));
        return new ServerLayout(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                // a jar: class data sharing knows no directories of classes
                ImmutableList.of(server.resolve("development-nodes.jar").toString(), libraries.resolve("*").toString()),
                server.resolve("classes.jsa"),
                ImmutableList.of(
                        requireBuilt(plugin.resolve("lake").resolve("target").resolve("plugin")),
                        requireBuilt(plugin.resolve("samples").resolve("target").resolve("plugin")),
                        requireBuilt(plugin.resolve("target").resolve("plugin"))),
                root.toAbsolutePath().normalize().resolve("etc").resolve("policies"));
    }

    private static Path requireBuilt(Path directory) {
        checkState(Files.isDirectory(directory), "Layout: %s is missing; run `mvn package` in the source tree first", directory);
        return directory;
    }
}
