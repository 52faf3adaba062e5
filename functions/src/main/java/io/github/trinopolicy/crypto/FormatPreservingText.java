package io.github.trinopolicy.crypto;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Format-preserving encryption of the text of one column. The symbols of the column's alphabet are encrypted together, wherever they stand;
/// a space and each of `- . / ( ) + : , _ @` stay in place. The result is as long as the value.
///
/// There is no result, so that the masked value must be NULL, for a value with any other character, with fewer symbols than make a million
/// possibilities, or with more than [#MAX_SYMBOLS]. An instance belongs to one thread.
public final class FormatPreservingText {
    public static final int MAX_SYMBOLS = 256;

    private final SymbolTable table;
    private final Ff1 ff1;
    private final byte[] numerals = new byte[MAX_SYMBOLS];

    /// Does not keep the data key.
    ///
    /// @param alphabet fixed for the column; choosing it by the value would tell something about the value
    public FormatPreservingText(DataKey dataKey, UUID column, Alphabet alphabet) {
        table = new SymbolTable(alphabet);
        ff1 = Ff1.ofColumn(dataKey, column, table.radix());
    }

    /// @return a new array, or null if there is no result
    public byte @Nullable [] encrypt(byte[] input, int offset, int length) {
        int symbols = read(input, offset, length);
        if (!ff1.covers(symbols)) {
            return null;
        }
        ff1.encrypt(numerals, symbols);
        return write(input, offset, length);
    }

    /// @return a new array, or null if the input is not the result of any value
    public byte @Nullable [] decrypt(byte[] input, int offset, int length) {
        int symbols = read(input, offset, length);
        if (!ff1.covers(symbols)) {
            return null;
        }
        ff1.decrypt(numerals, symbols);
        return write(input, offset, length);
    }

    /// Returns the number of symbols, or -1 if that cannot be a covered length.
    private int read(byte[] input, int offset, int length) {
        int count = 0;
        for (int i = offset; i < offset + length; i++) {
            byte numeral = table.numeral(input[i]);
            if (numeral >= 0) {
                if (count == numerals.length) {
                    return -1;
                }
                numerals[count] = numeral;
                count++;
            }
            else if (numeral == SymbolTable.FOREIGN) {
                return -1;
            }
        }
        return count;
    }

    private byte[] write(byte[] input, int offset, int length) {
        byte[] output = new byte[length];
        int count = 0;
        for (int i = 0; i < length; i++) {
            byte character = input[offset + i];
            if (table.numeral(character) >= 0) {
                character = table.symbol(numerals[count]);
                count++;
            }
            output[i] = character;
        }
        return output;
    }
}
