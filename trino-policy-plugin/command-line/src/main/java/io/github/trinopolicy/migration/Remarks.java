package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;

import io.github.trinopolicy.bundle.Position;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Collects during one migration what is to be told about it. Not thread-safe.
final class Remarks {
    private static final Comparator<Position> IN_ORDER = Comparator.comparingInt(Position::line).thenComparingInt(Position::column);

    private final Set<Unmigrated> unmigrated = new LinkedHashSet<>();
    private final Set<Setting> settings = new LinkedHashSet<>();

    void unmigrated(Element element, String what, String why, String remedy) {
        unmigrated.add(new Unmigrated(element.position(), what, why, remedy));
    }

    void setting(Position position, String property, String why) {
        settings.add(new Setting(position, property, why));
    }

    List<Unmigrated> unmigrated() {
        return unmigrated.stream().sorted(Comparator.comparing(Unmigrated::position, IN_ORDER)).collect(toImmutableList());
    }

    List<Setting> settings() {
        return settings.stream().sorted(Comparator.comparing(Setting::position, IN_ORDER)).collect(toImmutableList());
    }
}
