package io.github.trinopolicy.crypto;

/// The symbols that format-preserving encryption of text replaces, in the order of their numerals.
public enum Alphabet {
    DIGITS("0123456789"),
    LOWER("abcdefghijklmnopqrstuvwxyz"),
    UPPER("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    LETTERS("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    ALPHANUMERIC("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private final String symbols;

    Alphabet(String symbols) {
        this.symbols = symbols;
    }

    /// All in ASCII.
    String symbols() {
        return symbols;
    }
}
