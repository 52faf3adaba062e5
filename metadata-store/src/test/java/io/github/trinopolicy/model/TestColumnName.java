package io.github.trinopolicy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TestColumnName {
    private static final ObjectName TABLE = ObjectName.ofTable("lake", "shop", "customer");

    @Test
    void testParse() {
        assertParsed("lake.shop.customer.email", new ColumnName(TABLE, "email", List.of()));
        assertParsed("lake.shop.customer.address.city", new ColumnName(TABLE, "address", List.of("city")));
        assertParsed("lake.shop.customer.phones[*]", new ColumnName(TABLE, "phones", List.of("[*]")));
        assertParsed("lake.shop.customer.phones[*].number[*]", new ColumnName(TABLE, "phones", List.of("[*]", "number", "[*]")));
        assertParsed("lake.shop.customer.\"a.b\".\"c\"\"d\"", new ColumnName(TABLE, "a.b", List.of("c\"d")));
    }

    @Test
    void testBracketsWithinQuotesBelongToTheName() {
        assertParsed("lake.shop.customer.\"phones[*]\"", new ColumnName(TABLE, "phones[*]", List.of()));
        assertParsed("lake.shop.customer.phones.\"x\"\"[*]\"[*]", new ColumnName(TABLE, "phones", List.of("x\"[*]", "[*]")));
    }

    @Test
    void testRefused() {
        assertRefused("lake.shop.customer", "'lake.shop.customer' is no name of a column: catalog.schema.table.column is expected");
        assertRefused("lake.shop.customer[*]", "'lake.shop.customer[*]' is no name of a column: catalog.schema.table.column is expected");
        assertRefused("lake.shop[*].customer.email",
                "'lake.shop[*].customer.email' is no name of a column: catalog.schema.table.column is expected");
        assertRefused("lake.shop.customer.\"[*]\"", "'lake.shop.customer.\"[*]\"': a field cannot be named [*]");
        assertRefused("lake.shop.customer.a.\"[*]\"", "'lake.shop.customer.a.\"[*]\"': a field cannot be named [*]");
    }

    private static void assertParsed(String text, ColumnName expected) {
        assertThat(ColumnName.parse(text)).isEqualTo(expected);
        assertThat(ColumnName.parse(expected.toString())).isEqualTo(expected);
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> ColumnName.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
