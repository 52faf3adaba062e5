package io.github.trinopolicy.bundle;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.ObjectName;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The way to a part of a document, as text: `rules[1].for`, `columns."first.name".tags[0]`.
final class DocumentPath {
    private static final Pattern STEP = Pattern.compile("\\[[0-9]{1,9}]|\\.?(\"(?:[^\"]|\"\")*\"|[^.\\[\"]+)");

    private DocumentPath() {
    }

    static String key(String path, String key) {
        String step = ObjectName.quoteWhereNeeded(key);
        return path.isEmpty() ? step : path + '.' + step;
    }

    static String item(String path, int index) {
        return path + '[' + index + ']';
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
