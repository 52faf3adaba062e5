package io.github.trinopolicy.masking;

import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;
import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import io.github.trinopolicy.crypto.TokenMode;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.type.CharType;
import io.trino.spi.type.Int128;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarbinaryType;
import io.trino.spi.type.VarcharType;
import org.jspecify.annotations.Nullable;

/// `mask_literal(column_name, value)` at one call site: what the user sees in place of the value in the column, or NULL where that is NULL. An
/// instance belongs to one thread.
final class LiteralMasker {
    static final String NAME = "mask_literal";

    private final KeyRing keyRing;
    private final Type type;
    private final PermittedColumn permitted;

    private @Nullable Site site;

    /// What masks the values of one column.
    ///
    /// @param column of which the mask is
    private record Site(UnmaskableColumn.Literal literal, Type type, Slice key, Slice column, Slice alphabet, HashFunction hash,
            ReversibleFunction reversible,
            FormatPreservingFunction formatPreserving) {
        boolean is(String function) {
            return literal.function().equals(function);
        }
    }

    /// @param type of the value and of the result
    LiteralMasker(KeyRing keyRing, UnmaskAuthority authority, Type type) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
        this.type = requireNonNull(type, "type is null");
        permitted = new PermittedColumn(authority, NAME);
    }

    @Nullable
    Slice text(ConnectorSession session, Slice name, Slice value) {
        UnmaskableColumn column = permitted.get(session, name);
        if (!(column.type() instanceof VarcharType || column.type() instanceof CharType)) {
            throw permitted.wrongType(column, type);
        }
        Site mask = site(column);
        Slice plain = column.type() instanceof CharType ? trimmed(value) : value;
        column.tally().answered();
        if (mask.is(HashFunctions.NAME)) {
            return mask.hash().text(plain, mask.key());
        }
        return mask.is(FormatPreservingFunctions.NAME)
                ? mask.formatPreserving().text(plain, mask.key(), mask.column(), mask.alphabet())
                : mask.reversible().encrypt(plain, mask.key(), mask.column());
    }

    @Nullable
    Slice binary(ConnectorSession session, Slice name, Slice value) {
        UnmaskableColumn column = permitted.get(session, name);
        if (!(column.type() instanceof VarbinaryType)) {
            throw permitted.wrongType(column, type);
        }
        Site mask = site(column);
        column.tally().answered();
        return mask.is(HashFunctions.NAME)
                ? mask.hash().binary(value, mask.key())
                : mask.reversible().encrypt(value, mask.key(), mask.column());
    }

    /// For integers and the unscaled values of short decimals.
    @Nullable
    Long number(ConnectorSession session, Slice name, long value) {
        UnmaskableColumn column = ofType(session, name);
        Site mask = site(column);
        column.tally().answered();
        if (!mask.is(HashFunctions.NAME)) {
            return mask.formatPreserving().number(value, mask.key(), mask.column());
        }
        return type instanceof IntegerType ? mask.hash().integer(value, mask.key()) : mask.hash().bigint(value, mask.key());
    }

    /// For the unscaled values of long decimals.
    @Nullable
    Int128 largeNumber(ConnectorSession session, Slice name, Int128 value) {
        UnmaskableColumn column = ofType(session, name);
        Site mask = site(column);
        column.tally().answered();
        return mask.formatPreserving().largeNumber(value, mask.key(), mask.column());
    }

    /// @param value in days since 1970-01-01
    @Nullable
    Long date(ConnectorSession session, Slice name, long value) {
        UnmaskableColumn column = ofType(session, name);
        Site mask = site(column);
        column.tally().answered();
        return mask.formatPreserving().date(value, mask.key(), mask.column());
    }

    private UnmaskableColumn ofType(ConnectorSession session, Slice name) {
        UnmaskableColumn column = permitted.get(session, name);
        if (!column.type().equals(type)) {
            throw permitted.wrongType(column, type);
        }
        return column;
    }

    private Site site(UnmaskableColumn column) {
        UnmaskableColumn.Literal literal = column.literal().orElseThrow(() -> new TrinoException(INVALID_FUNCTION_ARGUMENT,
                "mask_literal: what is seen of column %s is not made of the value and a key alone".formatted(column.name())));
        Site current = site;
        if (current == null || !current.literal().equals(literal) || !current.type().equals(column.type())) {
            current = new Site(literal, column.type(), Slices.utf8Slice(literal.key().toString()), Slices.utf8Slice(column.id().toString()),
                    Slices.utf8Slice(literal.alphabet().orElse("")), new HashFunction(keyRing, column.type()),
                    new ReversibleFunction(keyRing, column.type(), TokenMode.KEEP_EQUALITY),
                    new FormatPreservingFunction(keyRing, column.type()));
            site = current;
        }
        return current;
    }

    /// The engine keeps values of `char` columns so.
    private static Slice trimmed(Slice value) {
        int length = value.length();
        while (length > 0 && value.getByte(length - 1) == ' ') {
            length--;
        }
        return value.slice(0, length);
    }
}
