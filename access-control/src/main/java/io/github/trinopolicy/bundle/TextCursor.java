package io.github.trinopolicy.bundle;

/// Walks through the text of a bundle and knows line and column. Going forward costs time in proportion to the way; going back starts
/// again from the beginning. Not thread-safe.
final class TextCursor {
    private final String text;
    private int offset;
    private int index;
    private int line;
    private int column;

    TextCursor(String text) {
        this.text = text;
        restart();
    }

    private void restart() {
        offset = 0;
        index = 0;
        line = 1;
        column = 1;
    }

    String text() {
        return text;
    }

    /// In UTF-16 units, from 0.
    int offset() {
        return offset;
    }

    Position position() {
        return new Position(line, column);
    }

    /// @param wanted in UTF-16 units, from 0
    void moveToOffset(int wanted) {
        if (wanted < offset) {
            restart();
        }
        while (offset < wanted && offset < text.length()) {
            step();
        }
    }

    /// @param wanted in code points, from 0
    void moveToIndex(int wanted) {
        if (wanted < index) {
            restart();
        }
        while (index < wanted && offset < text.length()) {
            step();
        }
    }

    private void step() {
        int codePoint = text.codePointAt(offset);
        offset += Character.charCount(codePoint);
        index++;
        boolean endsLine = codePoint == '\n' || (codePoint == '\r' && (offset == text.length() || text.charAt(offset) != '\n'));
        if (endsLine) {
            line++;
            column = 1;
        }
        else {
            column++;
        }
    }

    /// Whether the characters of `value` stand one to one from here on, further lines indented to this column.
    boolean holds(String value) {
        int at = offset;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (at >= text.length()) {
                return c == '\n' && i == value.length() - 1;
            }
            if (c == '\n' && text.startsWith("\r\n", at)) {
                at++;
            }
            if (text.charAt(at) != c) {
                return false;
            }
            at++;
            if (c == '\n' && i + 1 < value.length() && value.charAt(i + 1) != '\n') {
                int indentation = column - 1;
                for (int j = 0; j < indentation; j++) {
                    if (at >= text.length() || text.charAt(at) != ' ') {
                        return false;
                    }
                    at++;
                }
            }
        }
        return true;
    }
}
