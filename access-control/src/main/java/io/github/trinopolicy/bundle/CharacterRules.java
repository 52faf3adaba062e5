package io.github.trinopolicy.bundle;

import com.google.common.base.Utf8;
import java.util.OptionalInt;

/// Which characters a bundle, and so everything that is said to the store, may hold.
public final class CharacterRules {
    private CharacterRules() {
    }

    /// The index of the first character that neither the store nor UTF-8 can hold: NUL, or half of a surrogate pair.
    public static OptionalInt firstUnstorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            }
            else if (c == 0 || Character.isSurrogate(c)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /// True for what a document may call a user.
    public static boolean isName(String text) {
        return !text.isEmpty() && firstInvisible(text).isEmpty() && Utf8.encodedLength(text) <= NameReader.MAX_BYTES
                && text.equals(text.strip());
    }

    /// The index of the first character that is not seen.
    static OptionalInt firstInvisible(String text) {
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            if (isInvisible(text.codePointAt(i))) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /// Controls, format characters such as bidirectional overrides, and line separators: they let one name look like another.
    static boolean isInvisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
