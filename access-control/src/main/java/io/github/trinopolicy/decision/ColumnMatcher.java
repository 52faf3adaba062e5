package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableListMultimap.toImmutableListMultimap;
import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.ObjectName;
import io.trino.spi.type.Type;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Tells whether and how closely a selector selects a column, or parts of one. Naming a part does not select the column.
final class ColumnMatcher {
    private final ColumnSelector selector;
    private final ImmutableListMultimap<ObjectName, ColumnName> names;
    private final Optional<Pattern> pattern;
    private final Optional<ColumnMatcher> not;

    private ColumnMatcher(ColumnSelector selector) {
        this.selector = selector;
        this.names = selector.names().stream().collect(toImmutableListMultimap(ColumnName::table, name -> name));
        this.pattern = selector.pattern().map(Pattern::compile);
        this.not = selector.not().map(ColumnMatcher::new);
    }

    static ColumnMatcher of(ColumnSelector selector) {
        return new ColumnMatcher(selector);
    }

    /// How the column is selected, the closest way first; empty where it is not.
    Optional<Match> match(TableFacts table, String column, Set<String> columnTags, Type type) {
        return isLeftOut(table, column, columnTags, type) ? Optional.empty() : mayMatch(table, Optional.of(column), columnTags);
    }

    private boolean isLeftOut(TableFacts table, String column, Set<String> columnTags, Type type) {
        return (!selector.types().isEmpty() && !selector.types().contains(type.getBaseName()))
                || not.flatMap(matcher -> matcher.match(table, column, columnTags, type)).isPresent();
    }

    /// The parts of the column that the selector names, whether there are such or not.
    Stream<ColumnName> partsNamed(TableFacts table, String column) {
        return named(table, column).filter(ColumnName::isPart);
    }

    /// How a part of the column is selected; empty where it is not.
    ///
    /// @param columnTags of the column; `not` leaves out the parts of the columns that it selects
    /// @param type of the part; `types` are types of what is selected
    Optional<Match> matchPart(TableFacts table, String column, List<String> path, Set<String> columnTags, Type type) {
        return partsNamed(table, column).anyMatch(name -> PartSteps.isSame(name.path(), path))
                && !isLeftOut(table, column, columnTags, type)
                        ? Optional.of(Match.BY_NAME)
                        : Optional.empty();
    }

    /// A part that the selector names and the type of the column lacks. What the column has there is not known, so the selector counts as one
    /// that selects the whole column.
    Optional<ColumnName> missingPart(TableFacts table, Column column, Set<String> columnTags) {
        return partsNamed(table, column.name()).filter(name -> !PartSteps.exist(column.type(), name.path())).findFirst()
                .filter(_ -> not.flatMap(matcher -> matcher.match(table, column.name(), columnTags, column.type())).isEmpty());
    }

    /// How a column may be selected, were its type right and were nothing left out by `not`.
    ///
    /// @param column empty: one that no policy names and no pattern fits
    Optional<Match> mayMatch(TableFacts table, Optional<String> column, Set<String> columnTags) {
        if (column.filter(name -> isNamed(table, name)).isPresent()) {
            return Optional.of(Match.BY_NAME);
        }
        if (column.filter(name -> pattern.filter(regex -> regex.matcher(name).matches()).isPresent()).isPresent()) {
            return Optional.of(new Match(Closeness.PATTERN, ImmutableSet.of()));
        }
        Set<String> tags = selector.tags().stream()
                .filter(wanted -> columnTags.stream().anyMatch(tag -> DottedPath.isSameOrBelow(tag, wanted)))
                .collect(toImmutableSet());
        if (!tags.isEmpty()) {
            return Optional.of(new Match(Closeness.TAG, tags));
        }
        return selector.in().stream()
                .filter(object -> object.contains(table.name()))
                .map(ColumnMatcher::closeness)
                .min(Closeness::compareTo)
                .map(closeness -> new Match(closeness, ImmutableSet.of()));
    }

    /// True when the selector names a column of the table, whether or not it is there.
    boolean namesColumnOf(TableFacts table) {
        return selector.names().stream().anyMatch(name -> name.table().equals(table.name()));
    }

    /// True when `not` may leave the column out, were its type right.
    boolean mayLeaveOut(TableFacts table, Optional<String> column, Set<String> columnTags) {
        return not.flatMap(matcher -> matcher.mayMatch(table, column, columnTags)).isPresent();
    }

    /// The tags of the column by which alone it is selected; empty where it is selected otherwise, or also otherwise.
    Set<String> tagsAlone(TableFacts table, String column, Set<String> columnTags) {
        boolean otherwise = mayMatch(table, Optional.of(column), ImmutableSet.of()).isPresent();
        return otherwise ? ImmutableSet.of() : selectingTags(columnTags);
    }

    /// Those of the tags that the selector names, or that lie below one that it names.
    Set<String> selectingTags(Set<String> columnTags) {
        return columnTags.stream()
                .filter(tag -> selector.tags().stream().anyMatch(wanted -> DottedPath.isSameOrBelow(tag, wanted)))
                .collect(toImmutableSet());
    }

    private boolean isNamed(TableFacts table, String column) {
        return named(table, column).anyMatch(name -> !name.isPart());
    }

    private Stream<ColumnName> named(TableFacts table, String column) {
        return names.get(table.name()).stream().filter(name -> name.column().equals(column));
    }

    /// True when a column that the snapshot knows of the table may be selected. Leaves `types` and `not`, which narrow, out of account.
    boolean maySelectFrom(TableFacts table) {
        return names.containsKey(table.name())
                || selector.in().stream().anyMatch(object -> object.contains(table.name()))
                || selector.tags().stream().anyMatch(wanted -> table.allTags().stream()
                        .anyMatch(tag -> DottedPath.isSameOrBelow(tag, wanted)))
                || pattern.filter(regex -> table.columnNames().stream().anyMatch(column -> regex.matcher(column).matches())).isPresent();
    }

    private static Closeness closeness(ObjectName object) {
        if (object.isTable()) {
            return Closeness.TABLE;
        }
        return object.schema().isPresent() ? Closeness.SCHEMA : Closeness.CATALOG;
    }

    /// From the closest to the farthest.
    enum Closeness {
        NAME,
        PATTERN,
        TAG,
        TABLE,
        SCHEMA,
        CATALOG,
    }

    /// @param tags the selector's tags that the column carries
    record Match(Closeness closeness, Set<String> tags) {
        static final Match BY_NAME = new Match(Closeness.NAME, ImmutableSet.of());

        /// True when the other match is closer: of a closer kind, or by a descendant of each tag of this one.
        boolean yieldsTo(Match other) {
            if (closeness != other.closeness) {
                return closeness.compareTo(other.closeness) > 0;
            }
            return !tags.isEmpty() && tags.stream().allMatch(tag -> other.tags.stream().anyMatch(closer -> !closer.equals(tag)
                    && DottedPath.isSameOrBelow(closer, tag)));
        }
    }
}
