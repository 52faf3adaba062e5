package io.github.trinopolicy.masking;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airlift.slice.Slice;
import io.airlift.slice.SliceUtf8;
import io.airlift.slice.Slices;
import java.util.Arrays;

/// The kinds of characters of a text in their order: `A` for upper case, `a` for lower case, `x` for other letters, `9` for digits, a space
/// for white space, some signs that separate parts as themselves, and `?` for all else. Any number of one kind is one character, and a text
/// of more than [#LONGEST] changes of kind is cut there and marked by `*`. So many texts have one shape, and a shape tells neither a letter
/// nor a digit nor a length. An instance belongs to one thread.
final class TextShape {
    static final int LONGEST = 16;

    private static final byte OTHER = '?';
    private static final byte CUT = '*';
    private static final byte[] KINDS = kinds();

    private final byte[] shape = new byte[LONGEST + 1];

    Slice of(Slice text) {
        int length = 0;
        int position = 0;
        byte last = 0;
        while (position < text.length()) {
            byte first = text.getByte(position);
            byte kind;
            if (first >= 0) {
                kind = KINDS[first];
                position++;
            }
            else {
                int codePoint = SliceUtf8.tryGetCodePointAt(text, position);
                kind = codePoint < 0 ? OTHER : kind(codePoint);
                // what is no UTF-8 tells its length as a negative number
                position += codePoint < 0 ? -codePoint : SliceUtf8.lengthOfCodePoint(codePoint);
            }
            if (kind != last) {
                if (length == LONGEST) {
                    shape[length] = CUT;
                    length++;
                    break;
                }
                shape[length] = kind;
                length++;
                last = kind;
            }
        }
        return Slices.wrappedBuffer(Arrays.copyOf(shape, length));
    }

    private static byte[] kinds() {
        byte[] kinds = new byte[128];
        for (int character = 0; character < kinds.length; character++) {
            kinds[character] = kind(character);
        }
        for (byte sign : "@._-/:+,()#&'".getBytes(US_ASCII)) {
            kinds[sign] = sign;
        }
        return kinds;
    }

    private static byte kind(int codePoint) {
        if (Character.isUpperCase(codePoint)) {
            return 'A';
        }
        if (Character.isLowerCase(codePoint)) {
            return 'a';
        }
        if (Character.isLetter(codePoint)) {
            return 'x';
        }
        if (Character.isDigit(codePoint)) {
            return '9';
        }
        return Character.isWhitespace(codePoint) ? (byte) ' ' : OTHER;
    }
}
