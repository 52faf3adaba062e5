package io.github.trinopolicy.masking;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;

import io.airlift.slice.DynamicSliceOutput;
import io.airlift.slice.Slice;
import io.trino.spi.block.Block;
import io.trino.spi.block.SqlRow;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.BooleanType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.DateTimeEncoding;
import io.trino.spi.type.DateType;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.Int128;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.LongTimestamp;
import io.trino.spi.type.LongTimestampWithTimeZone;
import io.trino.spi.type.RowType;
import io.trino.spi.type.SmallintType;
import io.trino.spi.type.TimestampType;
import io.trino.spi.type.TimestampWithTimeZoneType;
import io.trino.spi.type.TinyintType;
import io.trino.spi.type.Type;
import io.trino.spi.type.UuidType;
import io.trino.spi.type.VarbinaryType;
import io.trino.spi.type.VarcharType;
import java.util.List;
import java.util.Optional;

/// The values of key columns as bytes, of which two are equal exactly when the keys are equal: for each column a tag for the class of its type,
/// the length of what follows, and the value. A column that is widened (`integer` to `bigint`, `varchar(5)` to `varchar`, more digits of a
/// second) keeps its bytes. Numbers are written in network order. An instance belongs to one thread.
public final class RowKey {
    private static final byte TEXT = 1;
    private static final byte INTEGER = 2;
    private static final byte BINARY = 3;
    private static final byte BOOLEAN = 4;
    private static final byte DATE = 5;
    private static final byte UUID = 6;
    private static final byte DECIMAL = 7;
    private static final byte TIMESTAMP = 8;
    private static final byte INSTANT = 9;

    private final List<Type> types;
    private final DynamicSliceOutput output = new DynamicSliceOutput(64);

    /// @param type of types that are served
    RowKey(RowType type) {
        types = type.getFields().stream().map(RowType.Field::getType).collect(toImmutableList());
        checkArgument(types.stream().allMatch(RowKey::serves), "A row key does not serve %s", type);
    }

    /// True for types of which equal values have one form; so not for `real` and `double`, and not for values of several parts.
    public static boolean serves(Type type) {
        return switch (type) {
            case VarcharType _,CharType _,VarbinaryType _,BooleanType _,UuidType _ -> true;
            case BigintType _,IntegerType _,SmallintType _,TinyintType _,DecimalType _ -> true;
            case DateType _,TimestampType _,TimestampWithTimeZoneType _ -> true;
            default -> false;
        };
    }

    /// The bytes, valid until the next call; empty where a column is NULL, since such a row has no key.
    Optional<Slice> of(SqlRow row) {
        output.reset();
        for (int i = 0; i < types.size(); i++) {
            Block block = row.getRawFieldBlock(i);
            if (block.isNull(row.getRawIndex())) {
                return Optional.empty();
            }
            write(types.get(i), block, row.getRawIndex());
        }
        return Optional.of(output.slice());
    }

    private void write(Type type, Block block, int position) {
        switch (type) {
            case VarcharType _,CharType _ -> write(TEXT, type.getSlice(block, position));
            case VarbinaryType _ -> write(BINARY, type.getSlice(block, position));
            case UuidType _ -> write(UUID, type.getSlice(block, position));
            case BooleanType _ -> write(BOOLEAN, type.getBoolean(block, position) ? 1 : 0);
            case DateType _ -> write(DATE, type.getLong(block, position));
            case DecimalType decimal -> {
                Int128 unscaled = decimal.isShort()
                        ? Int128.valueOf(decimal.getLong(block, position))
                        : (Int128) decimal.getObject(block, position);
                start(DECIMAL, Integer.BYTES + Int128.SIZE);
                output.writeInt(Integer.reverseBytes(decimal.getScale()));
                output.writeLong(Long.reverseBytes(unscaled.getHigh()));
                output.writeLong(Long.reverseBytes(unscaled.getLow()));
            }
            case TimestampType timestamp when timestamp.isShort() -> write(TIMESTAMP, timestamp.getLong(block, position), 0);
            case TimestampType timestamp -> {
                LongTimestamp value = (LongTimestamp) timestamp.getObject(block, position);
                write(TIMESTAMP, value.getEpochMicros(), value.getPicosOfMicro());
            }
            case TimestampWithTimeZoneType timestamp when timestamp.isShort() ->
                write(INSTANT, DateTimeEncoding.unpackMillisUtc(timestamp.getLong(block, position)), 0);
            case TimestampWithTimeZoneType timestamp -> {
                LongTimestampWithTimeZone value = (LongTimestampWithTimeZone) timestamp.getObject(block, position);
                write(INSTANT, value.getEpochMillis(), value.getPicosOfMilli());
            }
            default -> write(INTEGER, type.getLong(block, position));
        }
    }

    private void start(byte tag, int length) {
        output.writeByte(tag);
        output.writeInt(Integer.reverseBytes(length));
    }

    private void write(byte tag, Slice value) {
        start(tag, value.length());
        output.writeBytes(value);
    }

    private void write(byte tag, long value) {
        start(tag, Long.BYTES);
        output.writeLong(Long.reverseBytes(value));
    }

    private void write(byte tag, long value, int fraction) {
        start(tag, Long.BYTES + Integer.BYTES);
        output.writeLong(Long.reverseBytes(value));
        output.writeInt(Integer.reverseBytes(fraction));
    }
}
