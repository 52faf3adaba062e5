package io.github.trinopolicy.monitoring;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static io.github.trinopolicy.model.SchemaEventKind.ADDED_COLUMN;
import static io.github.trinopolicy.model.SchemaEventKind.CREATED_TABLE;
import static io.github.trinopolicy.model.SchemaEventKind.CREATED_VIEW;
import static io.github.trinopolicy.model.SchemaEventKind.DROPPED_TABLE;
import static io.github.trinopolicy.model.SchemaEventKind.RENAMED_COLUMN;
import static io.github.trinopolicy.model.SchemaEventKind.RENAMED_TABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.github.trinopolicy.model.SchemaEventKind;
import io.github.trinopolicy.store.Observation;
import io.github.trinopolicy.store.ObservedTable;
import io.github.trinopolicy.store.ObservedTable.ObservedColumn;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestSchemaComparison {
    private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

    @Test
    void testNothing() {
        ObservedTable table = table("t", "a integer", "b varchar");
        assertThat(events(ImmutableList.of(table), ImmutableList.of(table))).isEmpty();
    }

    @Test
    void testColumns() {
        assertThat(columns("a integer, b varchar", "a integer, b varchar, c date")).containsExactly("ADDED_COLUMN c null -> date");
        assertThat(columns("a integer, b varchar", "b varchar")).containsExactly("DROPPED_COLUMN a integer -> null");
        assertThat(columns("a integer, b varchar", "a bigint, b varchar")).containsExactly("RETYPED_COLUMN a integer -> bigint");
        assertThat(columns("a integer, b varchar", "b varchar, a integer")).isEmpty();
        assertThat(columns("a integer, b varchar", "a integer, c varchar")).containsExactly("RENAMED_COLUMN b b -> c");
        // also where another one at the front is gone
        assertThat(columns("a integer, b varchar, c date", "x varchar, c date"))
                .containsExactly("RENAMED_COLUMN b b -> x", "DROPPED_COLUMN a integer -> null");
    }

    @Test
    void testRenamedColumnIsGuessedOnlyWhereNothingElseComesIntoQuestion() {
        assertThat(columns("a varchar, b varchar", "c varchar, d varchar")).containsExactly("DROPPED_COLUMN a varchar -> null",
                "DROPPED_COLUMN b varchar -> null", "ADDED_COLUMN c null -> varchar", "ADDED_COLUMN d null -> varchar");
        assertThat(columns("a integer, b varchar", "c varchar, a integer")).containsExactly("DROPPED_COLUMN b varchar -> null",
                "ADDED_COLUMN c null -> varchar");
        assertThat(columns("a integer, b varchar", "a integer, c date")).containsExactly("DROPPED_COLUMN b varchar -> null",
                "ADDED_COLUMN c null -> date");
    }

    @Test
    void testTables() {
        ObservedTable kept = table("kept", "a integer");
        ObservedTable old = table("old", "x date", "y date");
        assertThat(events(ImmutableList.of(kept), ImmutableList.of(kept, old))).containsExactly("CREATED_TABLE c.s.old");
        assertThat(events(ImmutableList.of(kept, old), ImmutableList.of(kept))).containsExactly("DROPPED_TABLE c.s.old");
        assertThat(events(ImmutableList.of(kept, old), ImmutableList.of(kept, table("new", "x date", "y date"))))
                .containsExactly("RENAMED_TABLE c.s.old c.s.old -> c.s.new");
        // two with the same columns: nobody can tell which of them it was
        assertThat(events(ImmutableList.of(old, table("old2", "x date", "y date")), ImmutableList.of(table("new", "x date", "y date"))))
                .containsExactly("DROPPED_TABLE c.s.old", "DROPPED_TABLE c.s.old2", "CREATED_TABLE c.s.new");
    }

    @Test
    void testViewInPlaceOfATable() {
        ObservedTable view = new ObservedTable(name("t"), true, true, ImmutableList.of(new ObservedColumn("b", "date")));
        assertThat(events(ImmutableList.of(table("t", "a integer")), ImmutableList.of(view)))
                .containsExactly("DROPPED_TABLE c.s.t", "CREATED_VIEW c.s.t");
    }

    @Test
    void testTableThatTrinoCannotDescribeIsNotCompared() {
        ObservedTable unreadable = new ObservedTable(name("t"), false, false, table("t", "a integer").columns());
        assertThat(events(ImmutableList.of(table("t", "a integer")), ImmutableList.of(unreadable))).isEmpty();
        assertThat(events(ImmutableList.of(unreadable), ImmutableList.of(table("t", "a bigint"))))
                .containsExactly("RETYPED_COLUMN c.s.t.a integer -> bigint");
        ObservedTable neverRead = new ObservedTable(name("t"), false, false, ImmutableList.of());
        assertThat(events(ImmutableList.of(neverRead), ImmutableList.of(table("t", "a bigint")))).isEmpty();
    }

    @Test
    void testWhatAUserDidIsNotFoundAgain() {
        ObservedTable before = table("t", "a integer", "b varchar");
        assertThat(events(ImmutableList.of(before), ImmutableList.of(before, table("u", "x date")),
                byUser(CREATED_TABLE, "u", null, null, null))).isEmpty();
        assertThat(events(ImmutableList.of(before), ImmutableList.of(), byUser(DROPPED_TABLE, "t", null, null, null))).isEmpty();
        assertThat(events(ImmutableList.of(before), ImmutableList.of(table("t2", "a integer", "b varchar")),
                byUser(RENAMED_TABLE, "t", null, "c.s.t", "c.s.t2"))).isEmpty();
        assertThat(events(ImmutableList.of(before), ImmutableList.of(table("t", "a integer", "c varchar")),
                byUser(RENAMED_COLUMN, "t", "b", "b", "c"))).isEmpty();
        // one after the other, and something else that nobody told of
        assertThat(events(ImmutableList.of(before), ImmutableList.of(table("t2", "a bigint", "c varchar")),
                byUser(RENAMED_COLUMN, "t", "b", "b", "c"), byUser(RENAMED_TABLE, "t", null, "c.s.t", "c.s.t2")))
                .containsExactly("RETYPED_COLUMN c.s.t2.a integer -> bigint");
        assertThat(events(ImmutableList.of(before), ImmutableList.of(table("t", "a integer", "b varchar", "c date", "d date")),
                byUser(ADDED_COLUMN, "t", "c", null, null))).containsExactly("ADDED_COLUMN c.s.t.d null -> date");
        // what was found earlier does not hide it
        SchemaEvent found = new SchemaEvent(CREATED_VIEW, name("u"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), OptionalLong.of(1));
        assertThat(events(ImmutableList.of(), ImmutableList.of(new ObservedTable(name("u"), true, true, ImmutableList.of())), found))
                .containsExactly("CREATED_VIEW c.s.u");
    }

    @Test
    void testRenamedSchemaTakesItsTablesAlong() {
        ObservedTable before = table("t", "a integer");
        SchemaEvent renamed = new SchemaEvent(RENAMED_TABLE, ObjectName.ofSchema("c", "s"), Optional.empty(), Optional.of("c.s"),
                Optional.of("c.s2"), Optional.of("alice"), Optional.of("query"), OptionalLong.empty());
        ObservedTable now = new ObservedTable(ObjectName.ofTable("c", "s2", "t"), false, true, before.columns());
        assertThat(events(ImmutableList.of(before), ImmutableList.of(now), renamed)).isEmpty();
    }

    @Test
    void testFirstLookComparesWithWhatIsApproved() {
        UUID renamed = UUID.randomUUID();
        KnownTable known = new KnownTable(UUID.randomUUID(), name("t"), Stream.of(
                new KnownColumn(UUID.randomUUID(), "same", "integer"),
                new KnownColumn(UUID.randomUUID(), "gone", "integer"),
                new KnownColumn(UUID.randomUUID(), "other", "integer"),
                new KnownColumn(renamed, "former", "date"),
                new KnownColumn(renamed, "present", "date")).collect(toImmutableMap(KnownColumn::name, Function.identity())));
        Observation first = new Observation(NOW, Optional.empty(), ImmutableList.of(), ImmutableList.of());
        SchemaComparison comparison = new SchemaComparison(first, name -> Optional.of(known).filter(table -> table.name().equals(name)), 7);
        assertThat(texts(comparison.events(
                ImmutableList.of(table("t", "same integer", "other bigint", "present date", "new varchar"), table("unknown", "a date")),
                ImmutableList.of(name("t"), name("missing")))))
                .containsExactly("DROPPED_TABLE c.s.missing", "DROPPED_COLUMN c.s.t.gone integer -> null",
                        "RETYPED_COLUMN c.s.t.other integer -> bigint");
    }

    private static List<String> columns(String before, String after) {
        return new ColumnComparison(table("t", before.split(", ")).columns(), table("t", after.split(", ")).columns()).changes().stream()
                .map(change -> "%s %s %s -> %s".formatted(change.kind(), change.column(), change.before().orElse("null"),
                        change.after().orElse("null")))
                .collect(toImmutableList());
    }

    private static List<String> events(List<ObservedTable> before, List<ObservedTable> after, SchemaEvent... since) {
        Observation observation = new Observation(NOW, Optional.of(NOW.minusSeconds(60)), before, ImmutableList.copyOf(since));
        return texts(new SchemaComparison(observation, _ -> Optional.empty(), 7).events(after, ImmutableList.of()));
    }

    private static List<String> texts(List<SchemaEvent> events) {
        return events.stream().map(event -> {
            assertThat(event.user()).isEmpty();
            assertThat(event.job()).hasValue(7);
            String object = event.object() + event.column().map("."::concat).orElse("");
            boolean valued = event.before().isPresent() || event.after().isPresent();
            return valued
                    ? "%s %s %s -> %s".formatted(event.kind(), object, event.before().orElse("null"), event.after().orElse("null"))
                    : "%s %s".formatted(event.kind(), object);
        }).collect(toImmutableList());
    }

    private static SchemaEvent byUser(SchemaEventKind kind, String table, @Nullable String column,
            @Nullable String before, @Nullable String after) {
        return new SchemaEvent(kind, name(table), Optional.ofNullable(column), Optional.ofNullable(before), Optional.ofNullable(after),
                Optional.of("alice"), Optional.of("query"), OptionalLong.empty());
    }

    private static ObservedTable table(String table, String... namesAndTypes) {
        return new ObservedTable(name(table), false, true, Stream.of(namesAndTypes).map(column -> column.split(" "))
                .map(column -> new ObservedColumn(column[0], column[1])).collect(toImmutableList()));
    }

    private static ObjectName name(String table) {
        return ObjectName.ofTable("c", "s", table);
    }
}
