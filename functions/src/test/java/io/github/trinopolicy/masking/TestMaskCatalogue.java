package io.github.trinopolicy.masking;

import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.CharType.createCharType;
import static io.trino.spi.type.DateType.DATE;
import static io.trino.spi.type.DecimalType.createDecimalType;
import static io.trino.spi.type.DoubleType.DOUBLE;
import static io.trino.spi.type.IntegerType.INTEGER;
import static io.trino.spi.type.SmallintType.SMALLINT;
import static io.trino.spi.type.TinyintType.TINYINT;
import static io.trino.spi.type.UuidType.UUID;
import static io.trino.spi.type.VarbinaryType.VARBINARY;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static io.trino.spi.type.VarcharType.createVarcharType;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.trinopolicy.crypto.ReversibleToken;
import io.github.trinopolicy.masking.MaskCatalogue.Service;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TestMaskCatalogue {
    private final MaskCatalogue catalogue = new MaskCatalogue();

    @Test
    void testHash() {
        assertHash(VARCHAR, HashEncoding.HEX_64);
        assertHash(createVarcharType(64), HashEncoding.HEX_64);
        assertHash(createVarcharType(63), HashEncoding.BASE32_26);
        assertHash(createVarcharType(26), HashEncoding.BASE32_26);
        assertHash(createVarcharType(25), HashEncoding.BASE32_16);
        assertHash(createVarcharType(16), HashEncoding.BASE32_16);
        assertHash(createCharType(64), HashEncoding.HEX_64);
        assertHash(createCharType(26), HashEncoding.BASE32_26);
        assertHash(createCharType(16), HashEncoding.BASE32_16);
        assertHash(VARBINARY, HashEncoding.BINARY_32);
        assertHash(BIGINT, HashEncoding.BITS_64);
        assertHash(INTEGER, HashEncoding.PERMUTATION_32);
    }

    @Test
    void testHashDoesNotServe() {
        List<Type> types = List.of(
                createVarcharType(15),
                createVarcharType(0),
                createCharType(15),
                SMALLINT,
                TINYINT,
                BOOLEAN,
                DOUBLE,
                DATE,
                UUID,
                createDecimalType(10, 2),
                new ArrayType(VARCHAR));
        for (Type type : types) {
            assertThat(catalogue.find("hash", type)).as(type.getDisplayName()).isEmpty();
        }
    }

    @Test
    void testReversible() {
        assertThat(catalogue.find("reversible", VARCHAR)).contains(new Service("reversible", TokenEncoding.BASE64URL));
        assertThat(catalogue.find("reversible", createVarcharType(88))).contains(new Service("reversible", TokenEncoding.BASE64URL));
        assertThat(catalogue.find("reversible", createCharType(88))).contains(new Service("reversible", TokenEncoding.BASE64URL));
        assertThat(catalogue.find("reversible", VARBINARY)).contains(new Service("reversible", TokenEncoding.BINARY));
        for (Type type : List.of(createVarcharType(87), createCharType(87), BIGINT, DATE, UUID)) {
            assertThat(catalogue.find("reversible", type)).as(type.getDisplayName()).isEmpty();
        }
    }

    /// As long as the value just fits, and not one more byte.
    @Test
    void testLongestValueOfWhichTheTokenFits() {
        for (int length = TokenEncoding.SHORTEST_TEXT; length < 400; length++) {
            int longest = TokenEncoding.longestValue(createVarcharType(length)).orElseThrow();
            assertThat(ReversibleToken.textLength(longest)).isLessThanOrEqualTo(length);
            assertThat(ReversibleToken.textLength(longest + 1)).isGreaterThan(length);
        }
        assertThat(TokenEncoding.longestValue(VARCHAR)).isEmpty();
        assertThat(TokenEncoding.longestValue(VARBINARY)).isEmpty();
    }

    @Test
    void testFormatPreserving() {
        assertThat(catalogue.find("format-preserving", createVarcharType(3)))
                .contains(new Service("format_preserving", FormatEncoding.TEXT));
        assertThat(catalogue.find("format-preserving", createDecimalType(7, 2)))
                .contains(new Service("format_preserving", FormatEncoding.NUMBER));
        assertThat(catalogue.find("format-preserving", INTEGER)).contains(new Service("format_preserving", FormatEncoding.NUMBER));
        assertThat(catalogue.find("format-preserving", DATE)).contains(new Service("format_preserving", FormatEncoding.DATE));
        for (Type type : List.of(createDecimalType(6, 2), SMALLINT, TINYINT, DOUBLE, VARBINARY, UUID)) {
            assertThat(catalogue.find("format-preserving", type)).as(type.getDisplayName()).isEmpty();
        }
    }

    @Test
    void testOtherMasks() {
        assertThat(catalogue.find("custom", VARCHAR)).isEmpty();
        assertThat(catalogue.find("", VARCHAR)).isEmpty();
    }

    private void assertHash(Type type, HashEncoding encoding) {
        assertThat(catalogue.find("hash", type)).as(type.getDisplayName()).contains(new Service("hash", encoding));
    }
}
