package io.github.trinopolicy.commandline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which files are read, and in which order.
class TestBundleFiles {
    @TempDir
    private Path directory;

    private List<String> read(String... names) {
        InputStream in = new ByteArrayInputStream("from the input".getBytes(UTF_8));
        return BundleFiles.read(ImmutableList.copyOf(names), in).stream()
                .map(text -> text.file().replace(directory.toString(), "") + " " + text.text()).toList();
    }

    private String write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text).toString();
    }

    @Test
    void testDirectoriesAreReadInTheOrderOfNames() throws IOException {
        write("b.yml", "2");
        write("a/z.yaml", "1");
        write("c.JSON", "3");
        write("notes.txt", "no");
        write("yaml", "no");
        write(".hidden.yaml", "no");
        write(".git/config.yaml", "no");
        assertThat(read(directory.toString())).containsExactly("/a/z.yaml 1", "/b.yml 2", "/c.JSON 3");
    }

    @Test
    void testFilesKeepTheirOrderAndAreReadOnce() throws IOException {
        String b = write("b.yaml", "b");
        String a = write("a.txt", "a");
        assertThat(read(b, "-", a, b, directory.toString())).containsExactly("/b.yaml b", "(standard input) from the input", "/a.txt a");
    }

    @Test
    void testByteOrderMarkIsNoText() throws IOException {
        assertThat(read(write("a.yaml", "\uFEFFkind"))).containsExactly("/a.yaml kind");
    }

    @Test
    void testLinksToDirectoriesAreNotFollowed() throws IOException {
        String file = write("a/b.yaml", "b");
        Files.createSymbolicLink(directory.resolve("a/circle"), directory);
        Files.createSymbolicLink(directory.resolve("link.yaml"), Path.of(file));
        assertThat(read(directory.toString())).containsExactly("/a/b.yaml b");
    }

    @Test
    void testWhatCannotBeRead() throws IOException {
        Files.createDirectory(directory.resolve("empty"));
        Path latin = Files.write(directory.resolve("latin.yaml"), "name: Z\u00FCrich".getBytes(ISO_8859_1));
        assertThatThrownBy(() -> read(directory.resolve("empty").toString()))
                .hasMessage("error: there is no .yaml, .yml or .json file in directory '%s'", directory.resolve("empty"));
        assertThatThrownBy(() -> read("missing.yaml")).hasMessage("error: there is no file 'missing.yaml'");
        assertThatThrownBy(() -> read("a\0b")).hasMessage("error: 'a\0b' is no name of a file");
        assertThatThrownBy(() -> read(latin.toString())).hasMessage("error: '%s' is not in UTF-8: save it in UTF-8", latin);
    }
}
