package io.github.trinopolicy.crypto;

/// The ten rounds of FF1 for numeral strings of one radix, length and tweak. An instance belongs to one thread.
sealed interface Ff1Rounds permits LongFf1Rounds, BigFf1Rounds {
    int ROUNDS = 10;

    /// Replaces the first numerals, as many as the length of this domain, by their ciphertext.
    ///
    /// @throws IllegalArgumentException if one of them is not less than the radix; the numerals are unchanged then
    void encrypt(byte[] numerals);

    /// Replaces the first numerals, as many as the length of this domain, by their plaintext.
    ///
    /// @throws IllegalArgumentException if one of them is not less than the radix; the numerals are unchanged then
    void decrypt(byte[] numerals);
}
