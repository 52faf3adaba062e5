package io.github.trinopolicy.bundle;

import static com.google.common.base.Preconditions.checkArgument;

/// A place in the text of a bundle. Both numbers count from 1; columns count Unicode code points.
public record Position(int line, int column) {
    public Position {
        checkArgument(line >= 1 && column >= 1, "line and column count from 1");
    }

    @Override
    public String toString() {
        return "line %s, column %s".formatted(line, column);
    }
}
