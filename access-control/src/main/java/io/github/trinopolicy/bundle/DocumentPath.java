package io.github.trinopolicy.bundle;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.ObjectName;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The way to a part of a document; as text `rules[1].for` or `columns."first.name".tags[0]`. The text is made on demand only: most
/// parts of most documents are right and never named.
///
/// @param parent absent for the document itself
/// @param key of the part within a mapping; absent within a list
/// @param index of the part within a list
record DocumentPath(Optional<DocumentPath> parent, Optional<String> key, int index) {
    static final DocumentPath ROOT = new DocumentPath(Optional.empty(), Optional.empty(), 0);

    private static final Pattern STEP = Pattern.compile("\\[[0-9]{1,9}]|\\.?(\"(?:[^\"]|\"\")*\"|[^.\\[\"]+)");

    DocumentPath {
        requireNonNull(parent, "parent is null");
        requireNonNull(key, "key is null");
    }

    DocumentPath key(String step) {
        return new DocumentPath(Optional.of(this), Optional.of(step), 0);
    }

    DocumentPath item(int step) {
        return new DocumentPath(Optional.of(this), Optional.empty(), step);
    }

    @Override
    public String toString() {
        if (parent.isEmpty()) {
            return "";
        }
        String prefix = parent.orElseThrow().toString();
        if (key.isEmpty()) {
            return prefix + '[' + index + ']';
        }
        String step = ObjectName.quoteWhereNeeded(key.orElseThrow());
        return prefix.isEmpty() ? step : prefix + '.' + step;
    }

    /// The steps: indexes in brackets, keys, keys in double quotes.
    static List<String> parse(String path) {
        ImmutableList.Builder<String> steps = ImmutableList.builder();
        Matcher matcher = STEP.matcher(path);
        int position = 0;
        while (position < path.length()) {
            checkArgument(matcher.find(position) && matcher.start() == position, "not a path within a document: %s", path);
            String step = matcher.group(1);
            steps.add(step == null ? matcher.group() : step);
            position = matcher.end();
        }
        return steps.build();
    }
}
