package io.github.trinopolicy.administration;

import com.google.common.collect.ImmutableList;
import java.util.List;

/// One line of a plan.
///
/// @param action create, change, remove or approve; or warn, which changes nothing
/// @param detail the difference, line by line; or what to look at
public record PlannedChange(String action, String kind, String name, String detail) {
    public static final List<String> COLUMNS = ImmutableList.of("action", "kind", "name", "detail");

    public List<String> row() {
        return ImmutableList.of(action, kind, name, detail);
    }
}
