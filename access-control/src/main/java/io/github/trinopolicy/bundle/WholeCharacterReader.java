package io.github.trinopolicy.bundle;

import static java.lang.Math.min;

import java.io.Reader;
import java.util.Objects;

/// Reads a text in pieces that never end within a surrogate pair. The YAML parser (3.0.1) writes beyond its buffer when one does.
/// Not thread-safe.
final class WholeCharacterReader extends Reader {
    private final String text;
    private int position;

    WholeCharacterReader(String text) {
        this.text = text;
    }

    /// Divides a pair only where there is no room for both halves.
    @Override
    public int read(char[] buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (position == text.length()) {
            return -1;
        }
        int end = min(text.length(), position + length);
        if (end < text.length() && end - position > 1 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        int count = end - position;
        text.getChars(position, end, buffer, offset);
        position = end;
        return count;
    }

    @Override
    public void close() {
        // nothing is held
    }
}
