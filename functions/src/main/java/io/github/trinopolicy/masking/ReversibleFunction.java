package io.github.trinopolicy.masking;

import static java.util.Objects.requireNonNull;

import io.airlift.slice.Slice;
import io.airlift.slice.Slices;
import io.github.trinopolicy.crypto.ReversibleToken;
import io.github.trinopolicy.crypto.TokenMode;
import io.trino.spi.block.SqlRow;
import io.trino.spi.type.CharType;
import io.trino.spi.type.RowType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarcharType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reversible tokens at one call site. NULL for a value of which the token does not fit the type. An instance belongs to one thread.
final class ReversibleFunction {
    private static final int LONGEST_VALUE = 1 << 29;
    private static final Slice NO_ROW_KEY = Slices.EMPTY_SLICE;

    private final Optional<TokenEncoding> encoding;
    private final int longestText;
    private final ColumnKey<ReversibleToken> tokens;

    /// @param type of the value and of the result
    ReversibleFunction(KeyRing keyRing, Type type, TokenMode mode) {
        requireNonNull(mode, "mode is null");
        encoding = TokenEncoding.of(type);
        longestText = switch (type) {
            case VarcharType varchar -> varchar.getLength().orElse(Integer.MAX_VALUE);
            case CharType character -> character.getLength();
            default -> 0;
        };
        tokens = new ColumnKey<>(keyRing, (key, keyId, column) -> new ReversibleToken(key, keyId, column, mode));
    }

    @Nullable
    Slice encrypt(Slice value, Slice keyId, Slice column) {
        return encrypt(value, keyId, column, NO_ROW_KEY);
    }

    private @Nullable Slice encrypt(Slice value, Slice keyId, Slice column, Slice rowKey) {
        if (encoding.isEmpty() || value.length() > LONGEST_VALUE) {
            return null;
        }
        ReversibleToken token = tokens.get(keyId, column);
        return switch (encoding.get()) {
            case BINARY -> Slices.wrappedBuffer(token.encrypt(value.byteArray(), value.byteArrayOffset(), value.length(),
                    rowKey.byteArray(), rowKey.byteArrayOffset(), rowKey.length()));
            case BASE64URL -> ReversibleToken.textLength(value.length()) > longestText
                    ? null
                    : Slices.wrappedBuffer(token.encryptToText(value.byteArray(), value.byteArrayOffset(), value.length(),
                            rowKey.byteArray(), rowKey.byteArrayOffset(), rowKey.length()));
        };
    }

    /// A row that has a key. NULL where a part of the key is NULL, since such a row has none.
    static final class OfRow {
        private final ReversibleFunction function;
        private final RowKey rowKey;

        OfRow(KeyRing keyRing, Type type, RowType rowType) {
            function = new ReversibleFunction(keyRing, type, TokenMode.ROW_KEY);
            rowKey = new RowKey(rowType);
        }

        @Nullable
        Slice encrypt(Slice value, Slice keyId, Slice column, SqlRow row) {
            Optional<Slice> key = rowKey.of(row);
            return key.isEmpty() ? null : function.encrypt(value, keyId, column, key.get());
        }
    }
}
