package io.github.trinopolicy.development;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.List;

/// A node's process ended, or did not become ready in time.
public final class NodeFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> lastLines;

    NodeFailedException(String sentence, Path log, List<String> lastLines) {
        super("%s; its log is %s and ends with:%n%s".formatted(sentence, log, Joiner.on(System.lineSeparator()).join(lastLines)));
        this.lastLines = ImmutableList.copyOf(lastLines);
    }

    /// The end of what the node wrote, for tests of its messages.
    public List<String> lastLines() {
        return lastLines;
    }
}
