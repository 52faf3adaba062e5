package io.github.trinopolicy.development;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/// Writes down the classes of a started server, as the JVM has them in memory (class data sharing), so that nodes start in half the time. A JVM
/// that finds another class path or JDK than at the writing leaves the archive aside. Run by the build.
final class ClassArchive {
    private ClassArchive() {
    }

    /// @param arguments the directory of the source tree
    public static void main(String[] arguments) throws IOException, InterruptedException {
        checkArgument(arguments.length == 1, "ClassArchive: the directory of the source tree is missing");
        ServerLayout layout = ServerLayout.ofSourceTree(Path.of(arguments[0]));
        if (isUpToDate(layout)) {
            return;
        }
        Files.deleteIfExists(layout.classArchive());
        Path directory = Files.createTempDirectory("trino-policy-archive-");
        try (Cluster cluster = Cluster.builder(layout, directory)
                .workers(0)
                .catalog("memory", ImmutableMap.of("connector.name", "memory"))
                .node(Cluster.COORDINATOR, node -> node.withJvmOptions("-XX:+RecordDynamicDumpInfo"))
                .start()) {
            dump(layout, cluster.node(Cluster.COORDINATOR).pid());
        }
        finally {
            PrivateDirectory.delete(directory);
        }
    }

    private static boolean isUpToDate(ServerLayout layout) throws IOException {
        if (!Files.exists(layout.classArchive())) {
            return false;
        }
        FileTime written = Files.getLastModifiedTime(layout.classArchive());
        Path jar = Path.of(layout.classPath().getFirst());
        try (Stream<Path> libraries = Files.list(Path.of(layout.classPath().getLast()).resolveSibling(""))) {
            for (Path file : Stream.concat(Stream.of(jar, layout.java()), libraries).toList()) {
                if (Files.getLastModifiedTime(file).compareTo(written) > 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void dump(ServerLayout layout, long pid) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(List.of(layout.java().resolveSibling("jcmd").toString(), Long.toString(pid), "VM.cds",
                "dynamic_dump", layout.classArchive().toString())).inheritIO().start();
        if (jcmd.waitFor() != 0 || !Files.exists(layout.classArchive())) {
            throw new IOException("the classes of the server could not be written to %s; see above".formatted(layout.classArchive()));
        }
    }
}
