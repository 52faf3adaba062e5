package io.github.trinopolicy.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.bundle.Position;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Files become one text that means the same, and its places lead back to the files.
class TestJoinedBundle {
    private static final String TAG = "kind: Tag\nname: A\n";

    private static BundleSet set(String... texts) {
        List<BundleText> files = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            files.add(new BundleText("file%s".formatted(i + 1), texts[i]));
        }
        return BundleSet.read(files);
    }

    /// Where the server would find the name of each document, told in the words of the files.
    private static List<String> namePlaces(JoinedBundle joined) {
        List<BundleDocument> documents = new BundleReader().read(joined.text());
        return documents.stream().map(document -> {
            Position name = document.source().position("name").orElseThrow();
            return joined.problems("%s: %s".formatted(name, document.object().name())).getFirst().toString();
        }).toList();
    }

    private static List<String> joinedNamePlaces(String... texts) {
        return namePlaces(JoinedBundle.of(set(texts)));
    }

    @Test
    void testPlacesLeadToTheFiles() {
        assertThat(joinedNamePlaces(TAG + "---\nkind: Tag\nname: B\n", "# first\n\nkind: Tag\nname:   C", "---\nkind: Tag\nname: D\n---\n",
                TAG
                        .replace('A', 'E')))
                .containsExactly("file1:2:7: A", "file1:5:7: B", "file2:4:9: C", "file3:3:7: D", "file4:2:7: E");
    }

    @Test
    void testLineEndsOfOtherSystems() {
        assertThat(joinedNamePlaces("kind: Tag\r\nname: A\r\n", "kind: Tag\rname: B\r", TAG.replace('A', 'C')))
                .containsExactly("file1:2:7: A", "file2:2:7: B", "file3:2:7: C");
    }

    @Test
    void testEmptyFilesCountForNothing() {
        assertThat(joinedNamePlaces("", "# nothing here", TAG, "---\n")).containsExactly("file3:2:7: A");
    }

    @Test
    void testJson() {
        assertThat(joinedNamePlaces("{\"kind\": \"Tag\",\n \"name\": \"A\"}", TAG.replace('A', 'B'))).containsExactly("file1:2:11: A",
                "file2:2:7: B");
    }

    @Test
    void testWhatCannotJoinAsItIsIsWrittenAnew() {
        // several objects, a directive: places lead to the beginning of the document
        assertThat(joinedNamePlaces("{\"kind\": \"Tag\", \"name\": \"A\"}\n{\"kind\": \"Tag\", \"name\": \"B\", \"take_over\": true}",
                "%YAML 1.2\n---\nkind: Tag\nname: C\n", "{\n\t\"kind\": \"User\",\n\t\"name\": \"\\ud83d\\ude00\"\n}",
                TAG.replace('A', 'E')))
                .containsExactly("file1:1:1: A", "file1:2:1: B", "file2:3:1: C", "file3:3:11: \uD83D\uDE00", "file4:2:7: E");
    }

    @Test
    void testMeaningIsKept() {
        String[] texts = {"kind: Tag\nname: A\ndescription: |+\n  two\n\n  lines\n\n", "kind: Tag\nname: B\ndescription: |+\n  no line end",
                "{\"kind\": \"Tag\", \"name\": \"C\"} {\"kind\": \"Tag\", \"name\": \"D\", \"take_over\": true}",
                "kind: Tag\nname: E\n...\n",
                "kind: Tag\nname: F\ntake_over: true"};
        List<String> before = set(texts).parts().stream().flatMap(part -> part.documents().stream())
                .map(document -> document.object() + " " + document.takeOver()).toList();
        assertThat(new BundleReader().read(JoinedBundle.of(set(texts)).text()).stream()
                .map(document -> document.object() + " " + document.takeOver())).containsExactlyElementsOf(before);
    }

    @Test
    void testMessagesOfTheServer() {
        JoinedBundle joined = JoinedBundle.of(set(TAG, TAG.replace('A', 'B')));
        assertThat(joined.problems("""
                line 6, column 1: Tag 'B' stands twice in the bundle, first at line 2, column 1
                Policy 'x' (not in this bundle): tag 'Y' is not declared
                line 99999999999, column 1: no place
                and 3 more errors""")).extracting(Problem::toString).containsExactly(
                "file2:2:1: Tag 'B' stands twice in the bundle, first at file1:1:1",
                "error: Policy 'x' (not in this bundle): tag 'Y' is not declared",
                "error: line 99999999999, column 1: no place",
                "error: and 3 more errors");
    }

    @Test
    void testFormIsCheckedFileByFile() {
        assertThat(failure(TAG + "---\nkind: Tag\nname: A\n", "kind: Tog\nname: C\n", TAG, "kind: Tag\nkind: Tag\nname: D\n"))
                .isEqualTo("""
                        file1:4:1: Tag 'A' stands twice in the bundle, first at file1:1:1
                        file2:1:7: 'kind' of the document 'C': one of Tag, Attribute, Purpose, Group, User, DataSource, AttributeSource, \
                        Project, Classifier, Policy is expected, not 'Tog' (did you mean 'Tag'?)
                        file4:2:1: the key 'kind' stands twice in one mapping, first at file4:1:1""");
        assertThat(failure(TAG, TAG)).isEqualTo("file2:1:1: Tag 'A' stands twice, first at file1:1:1");
        assertThat(failure("# nothing\n")).isEqualTo("error: there is no document in what is named");
    }

    private static String failure(String... texts) {
        try {
            set(texts);
        }
        catch (CommandFailure e) {
            return String.join("\n", e.lines());
        }
        throw new AssertionError("the texts were read: " + ImmutableList.copyOf(texts));
    }
}
