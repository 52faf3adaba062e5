package io.github.trinopolicy.bundle;

import static java.util.Locale.ENGLISH;

import com.google.common.base.Utf8;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ObjectName;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// Reads the names of things. What may be a name is narrow enough that no two names look alike through invisible characters, and that
/// any two of them fit into one index entry of PostgreSQL (2,704 bytes).
final class NameReader {
    static final int MAX_BYTES = 1_000;

    private static final Pattern DOTTED_PATH = Pattern.compile("[\\p{L}\\p{M}\\p{N}_-]+([ .][\\p{L}\\p{M}\\p{N}_-]+)*");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z][A-Za-z0-9_]*( [A-Za-z]+)*");

    private NameReader() {
    }

    /// The name of a user, group, attribute, policy, project or classifier.
    static Optional<String> name(Value value) {
        return value.text().flatMap(text -> visible(value, text));
    }

    private static Optional<String> visible(Value value, String text) {
        if (text.isEmpty()) {
            return value.fail("a name is expected, but it is empty");
        }
        if (Utf8.encodedLength(text) > MAX_BYTES) {
            return value.fail("the name is longer than %s bytes in UTF-8".formatted(MAX_BYTES));
        }
        OptionalInt invisible = CharacterRules.firstInvisible(text);
        if (invisible.isPresent()) {
            return value.fail("a name may not hold the invisible character U+%04X".formatted(text.codePointAt(invisible.getAsInt())));
        }
        if (!text.equals(text.strip())) {
            return value.fail("a name may not begin or end with a space");
        }
        return Optional.of(text);
    }

    /// A tag or a purpose.
    static Optional<String> dottedPath(Value value) {
        return name(value).flatMap(text -> DOTTED_PATH.matcher(text).matches()
                ? Optional.of(text)
                : value.fail("%s is no dotted path such as PII.Email, of letters, digits, '_', '-' and single spaces"
                        .formatted(Wording.quoted(text))));
    }

    static Optional<ObjectName> objectName(Value value) {
        return name(value).flatMap(text -> value.convert(text, ObjectName::parse));
    }

    /// The full name of a column, or of a part of one.
    static Optional<ColumnName> columnName(Value value) {
        return name(value).flatMap(text -> value.convert(text, ColumnName::parse));
    }

    /// The name of a column within its table, in lower case as Trino has it.
    static Optional<String> column(Value value) {
        return name(value).map(text -> text.toLowerCase(ENGLISH));
    }

    /// The name of a type of Trino without arguments, in lower case.
    static Optional<String> type(Value value) {
        return value.text().flatMap(text -> TYPE.matcher(text).matches()
                ? Optional.of(text.toLowerCase(ENGLISH))
                : value.fail("%s is no name of a type without arguments such as varchar".formatted(Wording.quoted(text))));
    }
}
