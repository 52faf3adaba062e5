package io.github.trinopolicy.commandline;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.BundleReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads what users name: files, directories with files, and `-` for the standard input.
final class BundleFiles {
    static final String STANDARD_INPUT = "-";

    // a character takes at most four bytes
    private static final long MAX_BYTES = 4L * BundleReader.MAX_LENGTH;

    private final InputStream in;
    private final List<BundleText> texts = new ArrayList<>();
    private final Set<Path> seen = new HashSet<>();

    private BundleFiles(InputStream in) {
        this.in = requireNonNull(in, "in is null");
    }

    /// In a directory, the files `*.yaml`, `*.yml` and `*.json` at any depth, in the order of their names; nothing whose name begins
    /// with a dot. A file that is named twice is read once.
    ///
    /// @throws CommandFailure for what cannot be read, and for a directory without such files
    static List<BundleText> read(List<String> names, InputStream in) {
        BundleFiles files = new BundleFiles(in);
        names.forEach(files::add);
        return ImmutableList.copyOf(files.texts);
    }

    private void add(String name) {
        try {
            if (name.equals(STANDARD_INPUT)) {
                texts.add(new BundleText("(standard input)", decode("the standard input", in.readAllBytes())));
                return;
            }
            Path path = path(name);
            if (Files.isDirectory(path)) {
                List<Path> found = new ArrayList<>();
                collect(path, found);
                if (found.isEmpty()) {
                    throw new CommandFailure("there is no .yaml, .yml or .json file in directory '%s'".formatted(name));
                }
                for (Path file : found) {
                    addFile(file);
                }
            }
            else if (Files.exists(path)) {
                addFile(path);
            }
            else {
                throw new CommandFailure("there is no file '%s'".formatted(name));
            }
        }
        catch (IOException e) {
            throw new CommandFailure("'%s' cannot be read: %s".formatted(name, FailureSentences.reason(e)), e);
        }
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        }
        catch (InvalidPathException e) {
            throw new CommandFailure("'%s' is no name of a file".formatted(name), e);
        }
    }

    private static void collect(Path directory, List<Path> found) throws IOException {
        List<Path> entries;
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, entry -> !fileName(entry).startsWith("."))) {
            entries = ImmutableList.copyOf(stream).stream().sorted(Comparator.comparing(BundleFiles::fileName)).collect(toImmutableList());
        }
        for (Path entry : entries) {
            // a link to a directory could lead into a circle
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                collect(entry, found);
            }
            else if (Files.isRegularFile(entry) && fileName(entry).matches("(?i).*\\.(yaml|yml|json)")) {
                found.add(entry);
            }
        }
    }

    private static String fileName(Path path) {
        return Optional.ofNullable(path.getFileName()).map(Path::toString).orElse("");
    }

    private void addFile(Path file) throws IOException {
        if (!seen.add(file.toRealPath())) {
            return;
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new CommandFailure("'%s' is larger than a bundle may be: divide it".formatted(file));
        }
        texts.add(new BundleText(file.toString(), decode("'" + file + "'", Files.readAllBytes(file))));
    }

    private static String decode(String name, byte[] bytes) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        }
        catch (CharacterCodingException e) {
            throw new CommandFailure("%s is not in UTF-8: save it in UTF-8".formatted(name), e);
        }
    }
}
