package io.github.trinopolicy.enforcement;

import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.SchemaEvent;
import io.trino.spi.QueryId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// Writes down what it is told.
final class TestingObjectRegistry implements ObjectRegistry {
    final List<String> told = new ArrayList<>();
    final List<String> altered = new ArrayList<>();

    @Override
    public void created(ObjectName view, List<ViewColumn> columns, String user) {
        told.add("created " + view + " " + columns);
    }

    @Override
    public void dropped(ObjectName view, String user) {
        told.add("dropped " + view);
    }

    @Override
    public void changed(QueryId query, NameChange change, String user, LongConsumer settled) {
        told.add(change.toString());
        settled.accept(0);
    }

    @Override
    public void altered(SchemaEvent event) {
        altered.add("%s %s%s by %s".formatted(event.kind(), event.object(), event.column().map("."::concat).orElse(""),
                event.user().orElseThrow()));
    }
}
