package io.github.trinopolicy.commandline;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.bundle.DocumentWriter;
import io.github.trinopolicy.bundle.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Several files as the one text that the server takes, and the way back from places in it to places in the files.
///
/// A file joins as it is. One that means something else behind a `---` than alone (several JSON objects, a directive of YAML) is
/// written anew, document by document, and places within a document lead to its beginning.
final class JoinedBundle {
    private static final String SEPARATOR = "---\n";
    private static final Pattern ERROR = Pattern.compile("line ([0-9]{1,9}), column ([0-9]{1,9}): (.*)", Pattern.DOTALL);

    private final String text;
    private final List<Segment> segments;

    /// Lines of the joined text that come from one file.
    ///
    /// @param firstLine of the joined text, from 1
    /// @param begins the place in the file
    /// @param verbatim whether the lines that follow are those of the file
    private record Segment(int firstLine, Place begins, boolean verbatim) {
        private Place place(Position joined) {
            return verbatim
                    ? new Place(begins.file(), new Position(begins.position().line() + joined.line() - firstLine, joined.column()))
                    : begins;
        }
    }

    private JoinedBundle(String text, List<Segment> segments) {
        this.text = text;
        this.segments = ImmutableList.copyOf(segments);
    }

    static JoinedBundle of(BundleSet bundle) {
        StringBuilder text = new StringBuilder();
        List<Segment> segments = new ArrayList<>();
        int line = 1;
        for (BundleSet.Part part : bundle.parts()) {
            if (part.documents().isEmpty()) {
                continue;
            }
            String verbatim = withLineEnd(part.text().text());
            boolean joins = meansTheSame(verbatim, part.documents());
            List<String> texts = joins ? List.of(verbatim) : part.documents().stream().map(JoinedBundle::writtenAnew).toList();
            for (int i = 0; i < texts.size(); i++) {
                Position begins = joins ? new Position(1, 1) : part.documents().get(i).position().orElse(new Position(1, 1));
                text.append(SEPARATOR).append(texts.get(i));
                segments.add(new Segment(line + 1, new Place(part.text().file(), begins), joins));
                line += 1 + lineEnds(texts.get(i));
            }
        }
        return new JoinedBundle(text.toString(), segments);
    }

    private static String withLineEnd(String text) {
        return text.endsWith("\n") ? text : text + "\n";
    }

    private static boolean meansTheSame(String text, List<BundleDocument> documents) {
        List<BundleDocument> joined;
        try {
            joined = new BundleReader().read(SEPARATOR + text);
        }
        catch (BundleException _) {
            return false;
        }
        return meaning(joined).equals(meaning(documents));
    }

    private static List<?> meaning(List<BundleDocument> documents) {
        return documents.stream().map(document -> List.of(document.object(), document.takeOver())).toList();
    }

    private static String writtenAnew(BundleDocument document) {
        String written = new DocumentWriter().toYaml(document.object());
        return document.takeOver() ? written + "take_over: true\n" : written;
    }

    /// As the reader of bundles counts lines.
    private static int lineEnds(String text) {
        int count = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || (c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n'))) {
                count++;
            }
        }
        return count;
    }

    String text() {
        return text;
    }

    /// The server's message about the joined text, as problems of the files.
    List<Problem> problems(String message) {
        return message.lines().map(this::problem).collect(ImmutableList.toImmutableList());
    }

    /// The same as a failure of the command.
    CommandFailure refused(BundleRefusedException e) {
        CommandFailure failure = CommandFailure.ofProblems(problems(String.valueOf(e.getMessage())));
        failure.initCause(e);
        return failure;
    }

    private Problem problem(String line) {
        Matcher matcher = ERROR.matcher(line);
        if (!matcher.matches()) {
            return Problem.nowhere(line);
        }
        Position position = new Position(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        String message = PlacesInMessages.replace(matcher.group(3),
                other -> place(other).map(Place::toString).orElse(other.toString()));
        return place(position).map(place -> Problem.at(place, message)).orElseGet(() -> Problem.nowhere(line));
    }

    private Optional<Place> place(Position joined) {
        Optional<Segment> found = Optional.empty();
        for (Segment segment : segments) {
            if (segment.firstLine() <= joined.line()) {
                found = Optional.of(segment);
            }
        }
        return found.map(segment -> segment.place(joined));
    }
}
