package io.github.trinopolicy.plugin;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Locale.ENGLISH;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What can be said of each page of the documentation: links lead somewhere, and properties that it names exist.
class TestDocuments {
    private static final Path ROOT = Path.of("..");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]*)\\)");
    private static final Pattern SETTING = Pattern.compile("^\\s*(policy\\.[a-z.-]+)=", Pattern.MULTILINE);
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
    private static final CharMatcher OF_ANCHORS = CharMatcher.inRange('a', 'z').or(CharMatcher.inRange('0', '9'))
            .or(CharMatcher.anyOf("-_"));

    private static List<Path> pages()
            throws IOException {
        try (Stream<Path> documents = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), documents.filter(path -> path.toString().endsWith(".md")).sorted())
                    .collect(toImmutableList());
        }
    }

    @Test
    void testLinks() throws IOException {
        pages().forEach(TestDocuments::assertLinks);
    }

    private static void assertLinks(Path page) {
        for (String link : matches(LINK, text(page))) {
            if (link.startsWith("https://")) {
                continue;
            }
            int hash = link.indexOf('#');
            String file = hash < 0 ? link : link.substring(0, hash);
            Path target = file.isEmpty() ? page : page.resolveSibling(file);
            assertThat(target).describedAs("%s in %s", link, page).exists();
            if (hash >= 0) {
                assertThat(anchors(target)).describedAs("%s in %s", link, page).contains(link.substring(hash + 1));
            }
        }
    }

    @Test
    void testSettings() throws IOException {
        String known = text(ROOT.resolve("docs/configuration.md"));
        for (Path page : pages()) {
            assertThat(matches(SETTING, text(page))).describedAs("%s", page)
                    .allSatisfy(setting -> assertThat(known).contains("\n| `%s` |".formatted(setting)));
        }
    }

    @Test
    void testAllPagesAreListed() throws IOException {
        String readme = text(ROOT.resolve("README.md"));
        assertThat(pages()).filteredOn(page -> !page.endsWith("README.md"))
                .allSatisfy(page -> assertThat(readme).contains("(docs/%s)".formatted(page.getFileName())));
    }

    private static List<String> anchors(Path page) {
        return matches(HEADING, text(page)).stream()
                .map(heading -> OF_ANCHORS.retainFrom(heading.toLowerCase(ENGLISH).replace(' ', '-')))
                .collect(toImmutableList());
    }

    private static List<String> matches(Pattern pattern, String text) {
        ImmutableList.Builder<String> found = ImmutableList.builder();
        for (Matcher matcher = pattern.matcher(text); matcher.find();) {
            found.add(matcher.group(1));
        }
        return found.build();
    }

    private static String text(Path page) {
        try {
            return Files.readString(page);
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
