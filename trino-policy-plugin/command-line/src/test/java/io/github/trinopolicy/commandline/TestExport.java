package io.github.trinopolicy.commandline;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.commandline.TestingProgram.Result;
import io.github.trinopolicy.model.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `policy export`: what it writes, and what it never touches.
class TestExport {
    private static final String TAG_A = "kind: Tag\nname: A\n";
    private static final String TAG_B = "kind: Tag\nname: B\n";
    private static final String ALICE = "kind: User\nname: alice\n";
    private static final String BOB = "kind: User\nname: Bob\n";

    @TempDir
    private Path temporary;

    private Path directory = Path.of("");

    @BeforeEach
    void chooseDirectory() {
        directory = temporary.resolve("export");
    }

    private Result export(List<String> documents, String... options) {
        List<List<@Nullable String>> rows = documents.stream().<List<@Nullable String>>map(ImmutableList::of).collect(toImmutableList());
        TestingPolicyService service = new TestingPolicyService().answer(ImmutableList.of("document"), rows);
        String[] arguments = Stream.concat(Stream.of("export", directory.toString()), Stream.of(options)).toArray(String[]::new);
        return new TestingProgram(service.connecting()).run(arguments);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).map(file -> directory.relativize(file).toString()).sorted()
                    .collect(toImmutableList());
        }
    }

    @Test
    void testWordsByKindAndTheRestByObject() throws IOException {
        Result result = export(ImmutableList.of(TAG_B, ALICE, TAG_A, BOB));
        assertThat(result).isEqualTo(new Result(0, "", "4 documents: 3 files written, 0 removed, 0 as they were\n"));
        assertThat(files()).satisfiesExactly(file -> assertThat(file).isEqualTo("tags.yaml"),
                file -> assertThat(file).isEqualTo("users/alice.yaml"),
                file -> assertThat(file).matches("users/bob~[0-9a-f]{16}\\.yaml"));
        // in an order of its own, so that a new object is one change
        assertThat(directory.resolve("tags.yaml")).hasContent(ExportDirectory.MARKER + "\n" + TAG_A + "---\n" + TAG_B);
    }

    @Test
    void testEarlierExportIsReplacedByForceAlone() throws IOException {
        export(ImmutableList.of(TAG_A, ALICE, BOB));
        Result refused = export(ImmutableList.of(TAG_B));
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).isEqualTo(
                "error: directory '%s' is not empty: pass --force to replace an earlier export in it, or name another one\n"
                        .formatted(directory));
        assertThat(files()).hasSize(3);

        Files.writeString(directory.resolve("users/README.md"), "ours");
        Files.writeString(directory.resolve("own.yaml"), "kind: Tag\nname: Mine\n");
        Files.createDirectory(directory.resolve(".git"));
        Files.writeString(directory.resolve(".git/x.yaml"), ExportDirectory.MARKER + "\n");
        assertThat(export(ImmutableList.of(TAG_B, ALICE), "--force").err())
                .isEqualTo("2 documents: 1 files written, 1 removed, 1 as they were\n");
        assertThat(files()).containsExactly(".git/x.yaml", "own.yaml", "tags.yaml", "users/README.md", "users/alice.yaml");
    }

    @Test
    void testForeignFilesAreNeverOverwritten() throws IOException {
        Files.createDirectories(directory.resolve("users"));
        Path own = Files.writeString(directory.resolve("users/alice.yaml"), "by hand");
        Result result = export(ImmutableList.of(TAG_A, ALICE), "--force");
        assertThat(result.err()).isEqualTo("error: '%s' is in the way, and was not written by an export: move it away\n".formatted(own));
        assertThat(own).hasContent("by hand");
        // nothing is written when not all can be
        assertThat(files()).containsExactly("users/alice.yaml");
    }

    @Test
    void testLinksDoNotLeadOutOfTheDirectory() throws IOException {
        Path outside = Files.createDirectories(temporary.resolve("outside"));
        Path victim = Files.writeString(outside.resolve("alice.yaml"), ExportDirectory.MARKER + "\nold\n");
        Files.createDirectories(directory);
        Files.createSymbolicLink(directory.resolve("users"), outside);
        assertThat(export(ImmutableList.of(ALICE), "--force").err()).contains("is in the way, and is no directory");
        Files.delete(directory.resolve("users"));
        Files.createDirectories(directory.resolve("users"));
        Files.createSymbolicLink(directory.resolve("users/alice.yaml"), victim);
        assertThat(export(ImmutableList.of(ALICE), "--force").err()).contains("was not written by an export");
        assertThat(export(ImmutableList.of(TAG_A), "--force").exitCode()).isEqualTo(0);
        assertThat(victim).hasContent(ExportDirectory.MARKER + "\nold");
    }

    @Test
    void testDirectoryThatIsAFile() throws IOException {
        Files.writeString(directory, "x");
        assertThat(export(ImmutableList.of(TAG_A)).err()).isEqualTo("error: '%s' is no directory\n".formatted(directory));
    }

    @Test
    void testNamesOfFilesAreSafeAndDistinct() {
        List<String> names = ImmutableList.of("a", "A", "a.b", "..", ".", "../../etc/passwd", "/etc/passwd", "a/b", "a\\b", "a\u0000",
                "\"x\".y", "con",
                "con.x", "a.", "\u00E4", "a\u0308", "x".repeat(1000), "x".repeat(1001), "a b", "a*b", "-rf", "~",
                "a~0123456789abcdef",
                ".hidden", "\uD83D\uDE00", "x".repeat(100), "x".repeat(101));
        List<String> files = names.stream().map(name -> ExportedFileName.of(Kind.POLICY, name)).collect(toImmutableList());
        assertThat(files.stream().map(file -> file.toLowerCase(Locale.ENGLISH))).doesNotHaveDuplicates();
        assertThat(files).allSatisfy(file -> {
            assertThat(file).matches("policies/[a-z0-9_-][a-z0-9_.~-]*\\.yaml").doesNotContain("..").hasSizeLessThan(130);
            assertThat(file).doesNotMatch("policies/(con|nul|aux|prn)\\..*");
        });
        assertThat(ExportedFileName.of(Kind.POLICY, "hash-email")).isEqualTo("policies/hash-email.yaml");
        assertThat(ExportedFileName.of(Kind.DATA_SOURCE, "lake.shop.customer")).isEqualTo("data-sources/lake.shop.customer.yaml");
    }
}
