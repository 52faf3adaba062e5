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
    void testOtherMasks() {
        assertThat(catalogue.find("custom", VARCHAR)).isEmpty();
        assertThat(catalogue.find("", VARCHAR)).isEmpty();
    }

    private void assertHash(Type type, HashEncoding encoding) {
        assertThat(catalogue.find("hash", type)).as(type.getDisplayName()).contains(new Service("hash", encoding));
    }
}
