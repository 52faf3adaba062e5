package io.github.trinopolicy.migration;

import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.PolicyTextParser;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import java.util.Map;

/// SQL with Immuta's `@` functions, as policy text. One instance reads one text.
///
/// `@hasAttribute`, `@isInGroups` (all of them), `@attributeValuesContains`, `@groupsContains`, `@isUsingPurpose`, `@columnTagged`,
/// `@columnReference` and `@username` are documented; `@purposesContains` is from recollection. Placeholders (a last argument for users
/// without a value) and all other functions are refused.
final class ImmutaPredicate {
    private static final Map<String, String> FUNCTIONS = ImmutableMap.<String, String>builder()
            .put("hasAttribute", "has_attribute")
            .put("isInGroups", "in_all_groups")
            .put("attributeValuesContains", "attribute_values_contain")
            .put("groupsContains", "groups_contain")
            .put("purposesContains", "purposes_contain")
            .put("isUsingPurpose", "using_purpose")
            .put("columnTagged", "column_tagged")
            .put("username", "current_user")
            .buildOrThrow();
    private static final String COLUMN_REFERENCE = "columnReference";

    private final String text;
    private final StringBuilder result = new StringBuilder();
    private int position;

    private ImmutaPredicate(String text) {
        this.text = text;
    }

    /// @throws PolicyTextException when a policy text cannot say this
    static String translate(String text, Scope scope) {
        String translated = new ImmutaPredicate(text).translate();
        new PolicyTextParser().parse(translated, scope);
        return translated;
    }

    private String translate() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '\'' || c == '"') {
                result.append(quoted(c));
            }
            else if (c == '@') {
                function();
            }
            else if (text.startsWith("--", position) || text.startsWith("/*", position)) {
                throw refuse("a comment is not understood here: remove it");
            }
            else {
                result.append(c);
                position++;
            }
        }
        return result.toString().strip();
    }

    /// The text in quotes from here on, with them.
    private String quoted(char quote) {
        int start = position;
        position++;
        while (position < text.length()) {
            if (text.charAt(position) == quote) {
                position++;
                if (position == text.length() || text.charAt(position) != quote) {
                    return text.substring(start, position);
                }
            }
            position++;
        }
        throw refuse("a quote is not closed");
    }

    private void function() {
        int start = position + 1;
        position = start;
        while (position < text.length() && Character.isLetterOrDigit(text.charAt(position))) {
            position++;
        }
        String name = text.substring(start, position);
        if (name.equals(COLUMN_REFERENCE)) {
            columnReference();
            return;
        }
        String function = FUNCTIONS.get(name);
        if (function == null) {
            throw refuse("the function %s has no counterpart".formatted(Wording.quoted("@" + name)));
        }
        result.append(function);
    }

    private void columnReference() {
        expect('(');
        skipBlanks();
        if (position == text.length() || text.charAt(position) != '\'') {
            throw refuse("@columnReference takes a name in single quotes");
        }
        String literal = quoted('\'');
        expect(')');
        String column = literal.substring(1, literal.length() - 1).replace("''", "'");
        result.append('"').append(column.replace("\"", "\"\"")).append('"');
    }

    private void expect(char wanted) {
        skipBlanks();
        if (position == text.length() || text.charAt(position) != wanted) {
            throw refuse("'%s' is expected after @columnReference".formatted(wanted));
        }
        position++;
    }

    private void skipBlanks() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
    }

    private PolicyTextException refuse(String message) {
        return new PolicyTextException(message, 1, Math.min(position, text.length()) + 1);
    }
}
