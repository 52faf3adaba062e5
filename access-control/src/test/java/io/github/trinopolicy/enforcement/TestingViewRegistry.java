package io.github.trinopolicy.enforcement;

import io.github.trinopolicy.model.ObjectName;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers what it is told.
final class TestingViewRegistry implements ViewRegistry {
    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void created(ObjectName view, List<ViewColumn> columns, String user) {
        told.add("%s created %s with %s".formatted(user, view, columns));
    }

    @Override
    public void dropped(ObjectName view, String user) {
        told.add("%s dropped %s".formatted(user, view));
    }
}
