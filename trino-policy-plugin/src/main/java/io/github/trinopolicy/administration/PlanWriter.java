package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.administration.StoreImage.Difference;
import io.github.trinopolicy.bundle.DocumentWriter;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.snapshot.SourcedObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/// Says what a prepared change does, object by object.
final class PlanWriter {
    private static final Splitter LINES = Splitter.on('\n').omitEmptyStrings();

    private final DocumentWriter writer;

    PlanWriter(DocumentWriter writer) {
        this.writer = requireNonNull(writer, "writer is null");
    }

    List<PlannedChange> plan(StoreImage image) {
        List<PlannedChange> changes = new ArrayList<>();
        image.differences().stream()
                .sorted(Comparator.comparing((Difference difference) -> difference.key().kind())
                        .thenComparing(difference -> difference.key().name()))
                .forEach(difference -> changes.add(change(difference)));
        for (KnownTable table : image.changedTables()) {
            changes.addAll(approvals(table, image.tableBefore(table.name())));
        }
        return changes;
    }

    private PlannedChange change(Difference difference) {
        String action = difference.before().isEmpty() ? "create" : difference.after().isEmpty() ? "remove" : "change";
        return new PlannedChange(action, difference.key().kind().documentName(), difference.key().name(), detail(difference));
    }

    private String detail(Difference difference) {
        List<String> before = lines(difference.before());
        List<String> after = lines(difference.after());
        StringJoiner detail = new StringJoiner("\n");
        difference.before().flatMap(SourcedObject::source).ifPresent(source -> detail.add("of source '%s'".formatted(source)));
        before.stream().filter(line -> !after.contains(line)).forEach(line -> detail.add("- " + line));
        after.stream().filter(line -> !before.contains(line)).forEach(line -> detail.add("+ " + line));
        return detail.toString();
    }

    private List<String> lines(Optional<SourcedObject> entry) {
        return entry.map(present -> LINES.splitToList(writer.toYaml(present.object()))).orElse(ImmutableList.of());
    }

    private static List<PlannedChange> approvals(KnownTable table, Optional<KnownTable> before) {
        Map<String, KnownColumn> known = before.map(KnownTable::columns).orElse(Map.of());
        return table.columns().values().stream()
                .filter(column -> !column.equals(known.get(column.name())))
                .sorted(Comparator.comparing(KnownColumn::name))
                .map(column -> new PlannedChange("approve", "Column", table.name() + "." + ObjectName.quoteWhereNeeded(column.name()),
                        column.type()))
                .toList();
    }
}
