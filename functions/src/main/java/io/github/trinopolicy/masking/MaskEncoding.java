package io.github.trinopolicy.masking;

/// How a mask writes its result into a type. Columns that are to join must have equal encodings.
public sealed interface MaskEncoding permits HashEncoding, TokenEncoding, FormatEncoding {
    String name();
}
