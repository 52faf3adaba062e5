package io.github.trinopolicy.policy;

import static java.util.Locale.ENGLISH;

import java.util.Optional;
import java.util.stream.Stream;

/// The functions that a policy text has besides Trino's own. They are evaluated when a query is decided and never reach the engine.
enum PolicyFunction {
    HAS_ATTRIBUTE(2, 2, false),
    ATTRIBUTE_VALUES_CONTAIN(2, 2, true),
    IN_ANY_GROUP(1, Integer.MAX_VALUE, false),
    IN_ALL_GROUPS(1, Integer.MAX_VALUE, false),
    GROUPS_CONTAIN(1, 1, true),
    USING_PURPOSE(1, 1, false),
    PURPOSES_CONTAIN(1, 1, true),
    COLUMN_TAGGED(1, 1, true),
    MASKED_COLUMN(0, 0, true),
    CURRENT_PROJECT(0, 0, false);

    private final int minimumArguments;
    private final int maximumArguments;
    private final boolean readsColumns;

    PolicyFunction(int minimumArguments, int maximumArguments, boolean readsColumns) {
        this.minimumArguments = minimumArguments;
        this.maximumArguments = maximumArguments;
        this.readsColumns = readsColumns;
    }

    String sqlName() {
        return name().toLowerCase(ENGLISH);
    }

    boolean accepts(int arguments) {
        return arguments >= minimumArguments && arguments <= maximumArguments;
    }

    /// True where the function only makes sense over a row.
    boolean readsColumns() {
        return readsColumns;
    }

    static Optional<PolicyFunction> named(String name) {
        return Stream.of(values()).filter(function -> function.sqlName().equals(name)).findFirst();
    }
}
