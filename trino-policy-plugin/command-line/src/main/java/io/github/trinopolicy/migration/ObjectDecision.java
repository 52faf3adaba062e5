package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.migration.FileRules.CatalogAccess;
import io.github.trinopolicy.migration.FileRules.CatalogRule;
import io.github.trinopolicy.migration.FileRules.ColumnRule;
import io.github.trinopolicy.migration.FileRules.SchemaRule;
import io.github.trinopolicy.migration.FileRules.TableRule;
import io.github.trinopolicy.migration.FirstMatch.Step;
import io.github.trinopolicy.model.Policy.Level;
import java.util.List;
import java.util.Optional;

/// What the rules say of one object, or of what lies unnamed in it.
record ObjectDecision(FirstMatch<CatalogRule> catalogs, FirstMatch<SchemaRule> schemas, FirstMatch<TableRule> tables) {
    /// Those who have the level on tables.
    Condition onTables(Level level) {
        return switch (level) {
            case READ -> Condition.all(catalogs.given(rule -> rule.access() != CatalogAccess.NONE), tables.given(TableRule::reads));
            case WRITE -> Condition.all(wholeCatalog(), tables.given(TableRule::writes));
            case OWN -> Condition.all(wholeCatalog(), tables.given(TableRule::owns));
        };
    }

    /// Those who own schemas.
    Condition ownSchemas() {
        return Condition.all(wholeCatalog(), schemas.given(SchemaRule::owner));
    }

    private Condition wholeCatalog() {
        return catalogs.given(rule -> rule.access() == CatalogAccess.ALL);
    }

    /// Those for whom the table rule of the step may decide.
    Condition reaching(Step<TableRule> step) {
        return tables.reaching(step);
    }

    Condition reaching(TableRule rule) {
        return tables.steps().stream().filter(step -> step.rule().equals(rule)).findFirst().map(tables::reaching).orElse(Condition.NOBODY);
    }

    List<Step<TableRule>> filters() {
        return tables.steps().stream().filter(step -> step.rule().filter().isPresent()).collect(toImmutableList());
    }

    /// Those of whom some column of the table is hidden or masked.
    Condition columnsHidden() {
        return Condition.any(tables.steps().stream().filter(step -> !step.rule().columns().isEmpty()).map(this::reaching).toList());
    }

    /// Columns that are hidden or masked for some.
    List<String> columns() {
        return tables.steps().stream().flatMap(step -> step.rule().columns().stream()).map(ColumnRule::column).distinct().sorted()
                .collect(toImmutableList());
    }

    /// @param reaching those to whom it applies
    record ColumnMask(TableRule rule, Condition reaching, ColumnRule column) {}

    /// What becomes of a column, the first that fits a user counting. A mask of which it is not certain that it applies hides instead.
    List<ColumnMask> masksOf(String column) {
        ImmutableList.Builder<ColumnMask> masks = ImmutableList.builder();
        for (Step<TableRule> step : tables.steps()) {
            step.rule().columns().stream().filter(rule -> rule.column().equals(column)).findFirst()
                    .map(rule -> step.isExact() ? rule : new ColumnRule(column, Optional.empty()))
                    .ifPresent(rule -> masks.add(new ColumnMask(step.rule(), reaching(step), rule)));
        }
        return masks.build();
    }
}
