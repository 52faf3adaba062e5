package io.github.trinopolicy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import org.junit.jupiter.api.Test;

final class TestTextTable {
    @Test
    void testColumnsAreAligned() {
        TextTable table = new TextTable(8, ImmutableList.of("a", "name"))
                .row(ImmutableList.of("first", "x"))
                .row(ImmutableList.of("2", "a long value"));

        assertThat(table.lines()).containsExactly(
                " a     | name",
                "-------+----------",
                " first | x",
                " 2     | a long..");
    }

    @Test
    void testRowOfOtherWidthIsRefused() {
        TextTable table = new TextTable(8, ImmutableList.of("a", "b"));

        assertThatThrownBy(() -> table.row(ImmutableList.of("1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("row has 1 cells, header 2");
    }
}
