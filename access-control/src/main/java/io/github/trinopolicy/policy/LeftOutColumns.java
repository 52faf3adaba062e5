package io.github.trinopolicy.policy;

import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ColumnSelector;
import java.util.Optional;

/// What the `not` of a selector may name. A mask has one value for all of a column, so it leaves out columns, and no parts of them.
public final class LeftOutColumns {
    private LeftOutColumns() {
    }

    /// What is wrong with the selector, as the end of a sentence about it.
    public static Optional<String> wrong(ColumnSelector selector) {
        return selector.not().flatMap(not -> not.names().stream().filter(ColumnName::isPart).map(ColumnName::toString).sorted().findFirst()
                .map("'not' leaves out whole columns; %s is a part of one"::formatted)
                .or(() -> wrong(not)));
    }
}
