package io.github.trinopolicy.masking;

import static io.trino.spi.StandardErrorCode.INVALID_FUNCTION_ARGUMENT;
import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import io.github.trinopolicy.crypto.DataKey;
import io.github.trinopolicy.crypto.FormatPreservingBigInteger;
import io.github.trinopolicy.crypto.FormatPreservingDate;
import io.github.trinopolicy.crypto.FormatPreservingInteger;
import io.github.trinopolicy.crypto.FormatPreservingText;
import io.github.trinopolicy.crypto.InvalidTokenException;
import io.github.trinopolicy.crypto.ReversibleToken;
import io.github.trinopolicy.crypto.TokenMode;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.type.CharType;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.Int128;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarbinaryType;
import io.trino.spi.type.VarcharType;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;

/// `unmask(column_name, value[, key_version])` at one call site. Whatever is wrong with a value, there is one error, which does not tell what.
/// An instance belongs to one thread.
final class Unmasker {
    static final String NAME = "unmask";

    /// Stands for a version that nobody gave.
    static final long ANY_VERSION = -1;

    private final KeyRing keyRing;
    private final Type type;
    private final PermittedColumn permitted;
    private final Map<UUID, Use<ReversibleToken>> tokens = new HashMap<>();
    private final Map<UUID, Use<FormatPreservingText>> texts = new HashMap<>();
    private final Map<UUID, Use<FormatPreservingInteger>> numbers = new HashMap<>();
    private final Map<UUID, Use<FormatPreservingBigInteger>> largeNumbers = new HashMap<>();
    private final Map<UUID, Use<FormatPreservingDate>> dates = new HashMap<>();

    /// @param text the key's id
    private record Use<T>(Slice text, CurrentKey<T> key) {
        T get() {
            return key.get(text);
        }
    }

    /// @param type of the value and of the result
    Unmasker(KeyRing keyRing, UnmaskAuthority authority, Type type) {
        this.keyRing = requireNonNull(keyRing, "keyRing is null");
        this.type = requireNonNull(type, "type is null");
        permitted = new PermittedColumn(authority, NAME);
    }

    Slice text(ConnectorSession session, Slice name, Slice value, long version) {
        UnmaskableColumn column = permitted.get(session, name);
        if (!(column.type() instanceof VarcharType || column.type() instanceof CharType)) {
            throw permitted.wrongType(column, type);
        }
        byte[] bytes = value.getBytes();
        Optional<byte[]> token = parse(bytes);
        if (token.isPresent() || column.alphabet().isEmpty()) {
            return answered(column, fromToken(column, token.orElseThrow(() -> refused(column)), version));
        }
        FormatPreservingText cipher = formatPreserving(texts, column, version,
                (key, id) -> new FormatPreservingText(key, id, FormatPreservingFunction.alphabet(column.alphabet().get())));
        byte[] plain = cipher.decrypt(bytes, 0, bytes.length);
        if (plain == null) {
            throw refused(column);
        }
        return answered(column, Slices.wrappedBuffer(plain));
    }

    Slice binary(ConnectorSession session, Slice name, Slice value, long version) {
        UnmaskableColumn column = permitted.get(session, name);
        if (!(column.type() instanceof VarbinaryType)) {
            throw permitted.wrongType(column, type);
        }
        return answered(column, fromToken(column, value.getBytes(), version));
    }

    /// For integers and the unscaled values of short decimals.
    long number(ConnectorSession session, Slice name, long value, long version) {
        UnmaskableColumn column = ofType(session, name);
        FormatPreservingInteger cipher = formatPreserving(numbers, column, version, (key, id) -> switch (type) {
            case IntegerType _ -> FormatPreservingInteger.ofInteger(key, id);
            case DecimalType decimal -> FormatPreservingInteger.ofDecimal(key, id, decimal.getPrecision());
            default -> FormatPreservingInteger.ofBigint(key, id);
        });
        column.tally().answered();
        return cipher.decrypt(value);
    }

    /// For the unscaled values of long decimals.
    Int128 largeNumber(ConnectorSession session, Slice name, Int128 value, long version) {
        UnmaskableColumn column = ofType(session, name);
        BigInteger plain = formatPreserving(largeNumbers, column, version, FormatPreservingBigInteger::new).decrypt(value.toBigInteger());
        column.tally().answered();
        return Int128.valueOf(plain);
    }

    /// @param value in days since 1970-01-01
    long date(ConnectorSession session, Slice name, long value, long version) {
        UnmaskableColumn column = ofType(session, name);
        FormatPreservingDate cipher = formatPreserving(dates, column, version, FormatPreservingDate::new);
        if (!FormatPreservingDate.covers(value)) {
            throw refused(column);
        }
        column.tally().answered();
        return cipher.decrypt(value);
    }

    private UnmaskableColumn ofType(ConnectorSession session, Slice name) {
        UnmaskableColumn column = permitted.get(session, name);
        if (!column.type().equals(type)) {
            throw permitted.wrongType(column, type);
        }
        if (FormatEncoding.of(type).isEmpty()) {
            throw new TrinoException(INVALID_FUNCTION_ARGUMENT,
                    "unmask: no mask of column %s can be turned back, since it has type %s".formatted(column.name(),
                            type.getDisplayName()));
        }
        return column;
    }

    /// Empty for a text that cannot be a token.
    private static Optional<byte[]> parse(byte[] text) {
        try {
            byte[] token = ReversibleToken.parse(text);
            UUID _ = ReversibleToken.keyId(token);
            return Optional.of(token);
        }
        catch (InvalidTokenException e) {
            return Optional.empty();
        }
    }

    private Slice fromToken(UnmaskableColumn column, byte[] token, long version) {
        try {
            UUID keyId = ReversibleToken.keyId(token);
            Optional<Integer> found = column.keys().reversibleVersion(keyId).filter(known -> version == ANY_VERSION || version == known);
            if (found.isEmpty()) {
                throw refused(column);
            }
            ReversibleToken tool = use(tokens, keyId, key -> new ReversibleToken(key, keyId, column.id(), TokenMode.RANDOM));
            return Slices.wrappedBuffer(tool.decrypt(token));
        }
        catch (InvalidTokenException e) {
            // no cause: it would be the first thing that tells errors apart
            throw refused(column);
        }
    }

    private <T> T formatPreserving(Map<UUID, Use<T>> uses, UnmaskableColumn column, long version, BiFunction<DataKey, UUID, T> derive) {
        UUID keyId = formatKey(column, version);
        return use(uses, keyId, key -> derive.apply(key, column.id()));
    }

    private static UUID formatKey(UnmaskableColumn column, long version) {
        Optional<UUID> key = version == ANY_VERSION
                ? column.formatKey()
                : Optional.of(version).filter(given -> given > 0 && given <= Integer.MAX_VALUE)
                        .flatMap(given -> column.keys().formatPreserving(given.intValue()));
        return key.orElseThrow(() -> new TrinoException(INVALID_FUNCTION_ARGUMENT, version == ANY_VERSION
                ? "unmask: the table of column %s has no key of the family format-preserving; register it".formatted(column.name())
                : "unmask: the table of column %s has no key of the family format-preserving with version %s; policy.metadata.keys has those there are"
                        .formatted(column.name(), version)));
    }

    private <T> T use(Map<UUID, Use<T>> uses, UUID keyId, Function<DataKey, T> derive) {
        return uses.computeIfAbsent(keyId, id -> new Use<>(Slices.utf8Slice(id.toString()), new CurrentKey<>(keyRing, derive))).get();
    }

    private static Slice answered(UnmaskableColumn column, Slice plain) {
        column.tally().answered();
        return plain;
    }

    private static TrinoException refused(UnmaskableColumn column) {
        column.tally().refused();
        return new TrinoException(INVALID_FUNCTION_ARGUMENT,
                "unmask: the value is not one that a mask of column %s gives, or its key was destroyed".formatted(column.name()));
    }
}
