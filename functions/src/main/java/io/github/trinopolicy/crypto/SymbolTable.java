package io.github.trinopolicy.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/// What each byte of a text is to the encryption with one alphabet. Immutable.
final class SymbolTable {
    /// a character that stays where it is
    static final byte KEPT = -1;
    /// a character that is neither kept nor replaced
    static final byte FOREIGN = -2;

    private static final String KEPT_CHARACTERS = " -./()+:,_@";

    private final byte[] symbols;
    private final byte[] numerals = new byte[256];

    SymbolTable(Alphabet alphabet) {
        symbols = alphabet.symbols().getBytes(US_ASCII);
        Arrays.fill(numerals, FOREIGN);
        for (byte character : KEPT_CHARACTERS.getBytes(US_ASCII)) {
            numerals[character] = KEPT;
        }
        for (int numeral = 0; numeral < symbols.length; numeral++) {
            numerals[symbols[numeral]] = (byte) numeral;
        }
    }

    int radix() {
        return symbols.length;
    }

    byte symbol(int numeral) {
        return symbols[numeral];
    }

    /// The numeral of a byte of UTF-8, or [#KEPT], or [#FOREIGN], which all bytes of other characters than ASCII are.
    byte numeral(byte character) {
        return numerals[character & 0xff];
    }
}
