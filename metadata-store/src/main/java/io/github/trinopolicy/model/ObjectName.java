package io.github.trinopolicy.model;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Locale.ENGLISH;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The name of a catalog, schema or table. Trino compares such names without regard to case, so parts are kept in lower case.
public record ObjectName(String catalog, Optional<String> schema, Optional<String> table) {
    public ObjectName {
        checkArgument(schema.isPresent() || table.isEmpty(), "a table has a schema");
        catalog = lower(catalog);
        schema = schema.map(ObjectName::lower);
        table = table.map(ObjectName::lower);
    }

    public static ObjectName ofTable(String catalog, String schema, String table) {
        return new ObjectName(catalog, Optional.of(schema), Optional.of(table));
    }

    public static ObjectName ofSchema(String catalog, String schema) {
        return new ObjectName(catalog, Optional.of(schema), Optional.empty());
    }

    public static ObjectName ofCatalog(String catalog) {
        return new ObjectName(catalog, Optional.empty(), Optional.empty());
    }

    /// Reads `catalog[.schema[.table]]`; parts that need it stand in double quotes, with a quote doubled.
    ///
    /// @throws IllegalArgumentException with a sentence for the user when the text is no such name
    public static ObjectName parse(String text) {
        List<String> parts = parseParts(text);
        if (parts.size() > 3) {
            throw new IllegalArgumentException(
                    "'%s' is no name of a catalog, schema or table: it has %s parts".formatted(text, parts.size()));
        }
        return new ObjectName(parts.get(0), parts.size() > 1 ? Optional.of(parts.get(1)) : Optional.empty(),
                parts.size() > 2 ? Optional.of(parts.get(2)) : Optional.empty());
    }

    /// Splits a dotted name into its parts, taking the quotes away.
    public static List<String> parseParts(String text) {
        List<String> parts = new ArrayList<>();
        int position = 0;
        while (true) {
            StringBuilder part = new StringBuilder();
            if (position < text.length() && text.charAt(position) == '"') {
                position = readQuoted(text, position, part);
            }
            else {
                while (position < text.length() && text.charAt(position) != '.') {
                    part.append(text.charAt(position));
                    position++;
                }
                if (part.indexOf("\"") >= 0 || part.chars().anyMatch(Character::isWhitespace)) {
                    throw new IllegalArgumentException("'%s': the part '%s' must stand in double quotes".formatted(text, part));
                }
            }
            if (part.isEmpty()) {
                throw new IllegalArgumentException("'%s' has an empty part".formatted(text));
            }
            parts.add(part.toString());
            if (position == text.length()) {
                return ImmutableList.copyOf(parts);
            }
            if (text.charAt(position) != '.') {
                throw new IllegalArgumentException("'%s': a dot is missing at character %s".formatted(text, position + 1));
            }
            position++;
        }
    }

    private static int readQuoted(String text, int start, StringBuilder part) {
        int position = start + 1;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c != '"') {
                part.append(c);
                position++;
            }
            else if (position + 1 < text.length() && text.charAt(position + 1) == '"') {
                part.append('"');
                position += 2;
            }
            else {
                return position + 1;
            }
        }
        throw new IllegalArgumentException("'%s': a double quote is not closed".formatted(text));
    }

    public boolean isTable() {
        return table.isPresent();
    }

    /// The object that holds this one: a table's schema, a schema's catalog.
    public Optional<ObjectName> parent() {
        if (table.isPresent()) {
            return Optional.of(new ObjectName(catalog, schema, Optional.empty()));
        }
        return schema.map(_ -> ofCatalog(catalog));
    }

    /// True when `other` is this object or lies within it.
    public boolean contains(ObjectName other) {
        return catalog.equals(other.catalog) && (schema.isEmpty() || schema.equals(other.schema))
                && (table.isEmpty() || table.equals(other.table));
    }

    /// The name as a bundle writes it; [#parse] reads it back.
    @Override
    public String toString() {
        StringBuilder result = new StringBuilder(quoteWhereNeeded(catalog));
        schema.ifPresent(part -> result.append('.').append(quoteWhereNeeded(part)));
        table.ifPresent(part -> result.append('.').append(quoteWhereNeeded(part)));
        return result.toString();
    }

    /// One part of a dotted name as a bundle writes it.
    public static String quoteWhereNeeded(String part) {
        boolean plain = !part.isEmpty() && part.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '-');
        return plain ? part : '"' + part.replace("\"", "\"\"") + '"';
    }

    private static String lower(String part) {
        return part.toLowerCase(ENGLISH);
    }
}
