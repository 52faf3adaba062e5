package io.github.trinopolicy.commandline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Writes an export into a directory, and takes care that nothing is lost there that is not an export.
final class ExportDirectory {
    /// The first line of each file.
    static final String MARKER = "# Written by 'policy export', which replaces this file when it is called with --force.";

    private final Path root;
    private final boolean force;

    ExportDirectory(Path root, boolean force) {
        this.root = requireNonNull(root, "root is null");
        this.force = force;
    }

    /// How many files were written, removed, and left as they were since they said the same already.
    record Result(int written, int removed, int unchanged) {}

    /// @throws CommandFailure when the export cannot go there
    void check() {
        try {
            if (Files.exists(root) && !Files.isDirectory(root)) {
                throw new CommandFailure("'%s' is no directory".formatted(root));
            }
            if (!force && Files.isDirectory(root) && !isEmpty(root)) {
                throw new CommandFailure("directory '%s' is not empty: pass --force to replace an earlier export in it, or name another one"
                        .formatted(root));
            }
        }
        catch (IOException e) {
            throw failure(e);
        }
    }

    /// @throws CommandFailure when a file that is no export is in the way; then nothing is written
    Result write(List<ExportedDocument> documents) {
        Map<Path, String> files = new LinkedHashMap<>();
        documents.stream()
                .sorted(Comparator.comparing(ExportedDocument::kind).thenComparing(ExportedDocument::name))
                .forEach(document -> files.merge(root.resolve(ExportedFileName.of(document.kind(), document.name())),
                        MARKER + "\n" + document.text(), (before, _) -> before + "---\n" + document.text()));
        try {
            for (Path file : files.keySet()) {
                refuseForeign(file);
            }
            Set<Path> stale = exported();
            stale.removeAll(files.keySet());
            int written = 0;
            for (Map.Entry<Path, String> file : files.entrySet()) {
                if (!Files.exists(file.getKey()) || !Files.readString(file.getKey(), UTF_8).equals(file.getValue())) {
                    replace(file.getKey(), file.getValue());
                    written++;
                }
            }
            for (Path file : stale) {
                Files.delete(file);
            }
            return new Result(written, stale.size(), files.size() - written);
        }
        catch (IOException e) {
            throw failure(e);
        }
    }

    /// Neither a file of somebody else, nor a link that leads out of the directory.
    private void refuseForeign(Path file) throws IOException {
        Path directory = requireNonNull(file.getParent(), "a file of an export has a directory");
        if (!directory.equals(root) && Files.exists(directory, NOFOLLOW_LINKS) && !Files.isDirectory(directory, NOFOLLOW_LINKS)) {
            throw new CommandFailure("'%s' is in the way, and is no directory: move it away".formatted(directory));
        }
        if (Files.exists(file, NOFOLLOW_LINKS) && !isExport(file)) {
            throw new CommandFailure("'%s' is in the way, and was not written by an export: move it away".formatted(file));
        }
    }

    /// All files of earlier exports.
    private Set<Path> exported() throws IOException {
        Set<Path> found = new TreeSet<>();
        if (!Files.isDirectory(root)) {
            return found;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean hidden = !directory.equals(root) && directory.getFileName().toString().startsWith(".");
                return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".yaml") && isExport(file)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static boolean isExport(Path file) throws IOException {
        if (!Files.isRegularFile(file, NOFOLLOW_LINKS)) {
            return false;
        }
        byte[] marker = (MARKER + "\n").getBytes(UTF_8);
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(marker.length), marker);
        }
    }

    /// Whole or not at all.
    private static void replace(Path file, String text) throws IOException {
        Path directory = requireNonNull(file.getParent(), "a file of an export has a directory");
        Files.createDirectories(directory);
        Path temporary = Files.createTempFile(directory, ".export", ".tmp");
        try {
            Files.writeString(temporary, text, UTF_8);
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        }
    }

    private CommandFailure failure(IOException e) {
        return new CommandFailure("directory '%s' cannot be written: %s".formatted(root, FailureSentences.reason(e)), e);
    }
}
