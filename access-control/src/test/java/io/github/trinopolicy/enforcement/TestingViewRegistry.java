package io.github.trinopolicy.enforcement;

import io.github.trinopolicy.model.ObjectName;
import java.util.ArrayList;
import java.util.List;

/// Writes down what it is told.
final class TestingViewRegistry implements ViewRegistry {
    final List<String> told = new ArrayList<>();

    @Override
    public void created(ObjectName view, List<ViewColumn> columns, String user) {
        told.add("created " + view + " " + columns);
    }

    @Override
    public void dropped(ObjectName view, String user) {
        told.add("dropped " + view);
    }

    @Override
    public void renamed(ObjectName view, ObjectName newName, String user) {
        told.add("renamed " + view + " to " + newName);
    }
}
