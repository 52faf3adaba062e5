package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.DeclaredNames;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.ColumnPart;
import io.github.trinopolicy.decision.MaskFit;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.masking.RowKey;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.KnownTable.KnownColumn;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.policy.LeftOutColumns;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.PolicyTextParser;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import io.github.trinopolicy.policy.RegexMaskCheck;
import io.github.trinopolicy.policy.RevealSelector;
import io.github.trinopolicy.policy.TimeWindow;
import io.github.trinopolicy.policy.UnmaskSelector;
import io.trino.spi.type.Type;
import io.trino.spi.type.TypeManager;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Checks everything that a policy says against what exists.
final class PolicyValidator {
    private static final int MAXIMUM_SUGGESTIONS = 10_000;

    private final PolicyTextParser parser = new PolicyTextParser();
    private final PolicySnapshot after;
    private final DeclaredNames names;
    private final RegisteredObjects registered;
    private final SelectedTables selectedTables;
    private final MaskFit fit;
    private final TypeManager typeManager;

    /// @param after everything as it would be
    PolicyValidator(PolicySnapshot after, DeclaredNames names, RegisteredObjects registered, MaskCatalogue catalogue,
            TypeManager typeManager) {
        this.after = requireNonNull(after, "after is null");
        this.names = requireNonNull(names, "names is null");
        this.registered = requireNonNull(registered, "registered is null");
        this.selectedTables = new SelectedTables(after);
        this.fit = new MaskFit(catalogue);
        this.typeManager = requireNonNull(typeManager, "typeManager is null");
    }

    void check(Policy policy, Findings findings) {
        policy.exempt().ifPresent(text -> checkText("exempt", text, Scope.USER, findings));
        switch (policy.body()) {
            case Policy.Access access -> check(access, findings);
            case Policy.RowFilter filter -> check(filter, findings);
            case Policy.Masking masking -> check(masking, findings);
            case Policy.Reveal reveal -> check(reveal, findings);
            case Policy.Impersonation impersonation -> check(impersonation, findings);
            case Policy.Unmask unmask -> check(unmask, findings);
        }
    }

    private void check(Policy.Access access, Findings findings) {
        checkSelector("applies_to", access.appliesTo(), findings);
        switch (access.rule()) {
            case Policy.AccessRule.Grant grant -> checkText("grant.to", grant.to(), Scope.USER, findings);
            case Policy.AccessRule.Guardrail guardrail -> checkText("guardrail", guardrail.condition(), Scope.USER, findings);
        }
    }

    private void check(Policy.RowFilter filter, Findings findings) {
        checkSelector("applies_to", filter.appliesTo(), findings);
        switch (filter.rule()) {
            case Policy.RowRule.Matches matches -> {
                matches.attribute().ifPresent(attribute -> findings.report("matches.attribute", names.attribute(attribute)));
                switch (matches.column()) {
                    case ColumnReference.ByName name -> requireSomewhere("matches.column.name", name.name(), filter.appliesTo(), findings);
                    case ColumnReference.ByTag tag -> {
                        Optional<String> undeclared = names.tag(tag.tag());
                        findings.report("matches.column.tag", undeclared);
                        if (undeclared.isEmpty()) {
                            requireTaggedSomewhere("matches.column.tag", tag.tag(), filter.appliesTo(), findings);
                        }
                    }
                }
            }
            case Policy.RowRule.Where where -> checkText("where", where.condition(), Scope.ROW, findings).ifPresent(text -> {
                text.columns().forEach(column -> requireSomewhere("where", column, filter.appliesTo(), findings));
                text.tags().stream().filter(tag -> names.tag(tag).isEmpty())
                        .forEach(tag -> requireTaggedSomewhere("where", tag, filter.appliesTo(), findings));
                requireTakenSomewhere(text, filter.appliesTo(), findings);
            });
            case Policy.RowRule.TimeWindow _ -> {
                if (lacking(filter.appliesTo(), this::hasEventTime)) {
                    findings.report("time_window",
                            "none of the selected tables has an event_time that is a date or timestamp; name it in the DataSource");
                }
            }
            case Policy.RowRule.Minimize _ -> {
                if (lacking(filter.appliesTo(), this::hasRowKey)) {
                    findings.report("minimize", "none of the selected tables has key_columns that can serve; name them in the DataSource");
                }
            }
            case Policy.RowRule.Purposes rule ->
                rule.purposes().forEach(purpose -> findings.report("purposes", names.purpose(purpose)));
        }
    }

    private void check(Policy.Masking masking, Findings findings) {
        findings.report("columns", LeftOutColumns.wrong(masking.columns()));
        checkSelector("columns", masking.columns(), findings);
        masking.condition().flatMap(text -> checkText("condition", text, Scope.ROW, findings))
                .ifPresent(text -> masking.columns().names().stream().flatMap(name -> column(name).stream()
                        .flatMap(column -> mistake(text, name.table(), Optional.of(column.name())).stream())).findFirst()
                        .ifPresent(mistake -> findings.report("condition", mistake)));
        List<Policy.MaskRule> rules = masking.rules();
        for (int i = 0; i < rules.size(); i++) {
            String path = "rules[%s]".formatted(i);
            rules.get(i).forWhom().ifPresent(text -> checkText(path + ".for", text, Scope.USER, findings));
            check(path + ".mask", rules.get(i).mask(), masking.columns().names(), findings);
        }
    }

    private void check(Policy.Reveal reveal, Findings findings) {
        findings.report("columns", RevealSelector.wrong(reveal.columns()).or(() -> LeftOutColumns.wrong(reveal.columns())));
        checkSelector("columns", reveal.columns(), findings);
        check(reveal.to(), findings);
    }

    private void check(Policy.Unmask unmask, Findings findings) {
        findings.report("columns", UnmaskSelector.wrong(unmask).or(() -> LeftOutColumns.wrong(unmask.columns())));
        checkSelector("columns", unmask.columns(), findings);
        check(unmask.to(), findings);
    }

    private void check(Policy.Beneficiary beneficiary, Findings findings) {
        switch (beneficiary) {
            case Policy.Beneficiary.Condition to -> checkText("to", to.text(), Scope.USER, findings);
            case Policy.Beneficiary.AttributeMatchesTag to ->
                findings.report("to.attribute_matches_tag", names.attribute(to.attribute()));
        }
    }

    private void check(Policy.Impersonation impersonation, Findings findings) {
        checkText("who", impersonation.who(), Scope.USER, findings);
        impersonation.as().groups().forEach(group -> findings.report("as.groups", names.group(group)));
    }

    /// @param named columns that the policy names
    private void check(String path, Mask mask, Set<ColumnName> named, Findings findings) {
        switch (mask) {
            case Mask.Null _,Mask.Constant _,Mask.Hash _,Mask.Reversible _,Mask.FormatPreserving _ ->
                checkServes(path, mask, named, findings);
            case Mask.Rounding _ -> checkServes(path, mask, named, findings);
            case Mask.Regex regex -> {
                RegexMaskCheck.mistake(regex).ifPresent(mistake -> findings.report(path + "." + mistake.key(), mistake.message()));
                checkServes(path, mask, named, findings);
            }
            case Mask.Custom custom -> checkText(path + ".expression", custom.expression(), Scope.ROW, findings)
                    .ifPresent(text -> named.forEach(name -> masked(name).forEach(masked -> cannotServe(path + ".expression", mask, name,
                            masked, fit.refusal(text, after, name.table(), columns(name.table()), masked), findings))));
            case Mask.KAnonymity _,Mask.RandomizedResponse _ ->
                notSupported(path, "masks of type " + mask.type().documentName(), findings);
        }
    }

    private void checkServes(String path, Mask mask, Set<ColumnName> named, Findings findings) {
        named.forEach(name -> masked(name).forEach(
                masked -> cannotServe(path, mask, name, masked, fit.refusal(mask, masked.type()), findings)));
    }

    private static void cannotServe(String path, Mask mask, ColumnName name, Column masked, Optional<String> refusal,
            Findings findings) {
        refusal.ifPresent(why -> findings.report(path, "mask '%s' cannot serve column '%s' of type %s%s".formatted(
                mask.type().documentName(), name, masked.type().getDisplayName(),
                mask instanceof Mask.Hash || mask instanceof Mask.Constant || mask instanceof Mask.Regex ? "" : ": " + why)));
    }

    private List<Column> columns(ObjectName table) {
        return after.knownTable(table).orElseThrow().columns().values().stream().map(this::typed).collect(toImmutableList());
    }

    /// The column of the name, or what stands for its part in expressions; several where a row has several fields of the name, and none
    /// where there is none.
    private List<Column> masked(ColumnName name) {
        return column(name).map(this::typed).stream().flatMap(column -> ColumnPart.named(column, name, columnNames(name.table())))
                .collect(toImmutableList());
    }

    private Set<String> columnNames(ObjectName table) {
        return after.knownTable(table).orElseThrow().columns().keySet();
    }

    private Column typed(KnownColumn column) {
        return new Column(column.name(), typeManager.fromSqlType(column.type()));
    }

    private void checkSelector(String path, ObjectSelector selector, Findings findings) {
        selector.tags().forEach(tag -> findings.report(path + ".tags", names.tag(tag)));
        selector.dataSources().forEach(object -> checkRegistered(path + ".data_sources", object, findings));
    }

    private void checkSelector(String path, ColumnSelector selector, Findings findings) {
        selector.tags().forEach(tag -> findings.report(path + ".tags", names.tag(tag)));
        selector.in().forEach(object -> checkRegistered(path + ".in", object, findings));
        selector.pattern().ifPresent(pattern -> {
            try {
                Pattern.compile(pattern);
            }
            catch (PatternSyntaxException e) {
                findings.report(path + ".pattern", "the pattern is no regular expression: " + e.getDescription());
            }
        });
        for (ColumnName name : selector.names()) {
            if (after.knownTable(name.table()).isEmpty()) {
                findings.report(path + ".names", "table '%s' is not registered%s".formatted(name.table(),
                        Wording.didYouMean(name.table().toString(), tableNames())));
            }
            else if (column(name).isEmpty()) {
                Set<String> columns = after.knownTable(name.table()).orElseThrow().columns().keySet();
                findings.report(path + ".names",
                        "table '%s' has no approved column %s%s".formatted(name.table(), Wording.quoted(name.column()),
                                Wording.didYouMean(name.column(), columns)));
            }
            else {
                column(name).flatMap(column -> ColumnPart.mistake(typed(column).type(), name))
                        .ifPresent(mistake -> findings.report(path + ".names", mistake));
            }
        }
        selector.not().ifPresent(not -> checkSelector(path + ".not", not, findings));
    }

    private void checkRegistered(String path, ObjectName object, Findings findings) {
        findings.report(path, registered.missing(object));
    }

    private Optional<PolicyText> checkText(String path, String text, Scope scope, Findings findings) {
        try {
            PolicyText parsed = parser.parse(text, scope);
            parsed.names().groups().forEach(group -> findings.report(path, names.group(group)));
            parsed.names().attributes().forEach(attribute -> findings.report(path, names.attribute(attribute)));
            parsed.names().purposes().forEach(purpose -> findings.report(path, names.purpose(purpose)));
            parsed.tags().forEach(tag -> findings.report(path, names.tag(tag)));
            return Optional.of(parsed);
        }
        catch (PolicyTextException e) {
            findings.report(path, e);
            return Optional.empty();
        }
    }

    /// A filter closes the tables that lack its column; one that only closes tables is a mistake.
    private void requireSomewhere(String path, String column, ObjectSelector selector, Findings findings) {
        if (lacking(selector, table -> table.columns().containsKey(column))) {
            Set<String> columns = selectedTables.of(selector).flatMap(table -> table.columns().keySet().stream()).distinct()
                    .limit(MAXIMUM_SUGGESTIONS).collect(toImmutableSet());
            findings.report(path, "none of the selected tables has an approved column %s%s".formatted(Wording.quoted(column),
                    Wording.didYouMean(column, columns)));
        }
    }

    private void requireTaggedSomewhere(String path, String tag, ObjectSelector selector, Findings findings) {
        if (lacking(selector, table -> after.hasColumnTagged(table.name(), tag))) {
            findings.report(path, "none of the selected tables has a column tagged %s".formatted(Wording.quoted(tag)));
        }
    }

    /// A filter closes the tables with the types of which it does not go.
    private void requireTakenSomewhere(PolicyText where, ObjectSelector selector, Findings findings) {
        if (lacking(selector, table -> mistake(where, table.name(), Optional.empty()).isEmpty())) {
            selectedTables.of(selector).flatMap(table -> mistake(where, table.name(), Optional.empty()).stream()).findFirst()
                    .ifPresent(mistake -> findings.report("where", mistake));
        }
    }

    private Optional<String> mistake(PolicyText text, ObjectName table, Optional<String> maskedColumn) {
        return maskedColumn.map(column -> fit.mistake(text, after, table, columns(table), column))
                .orElseGet(() -> fit.mistake(text, after, table, columns(table)));
    }

    private boolean hasEventTime(KnownTable table) {
        return after.dataSource(table.name()).flatMap(DataSource::eventTime).filter(column -> mayBe(table, column, TimeWindow::serves))
                .isPresent();
    }

    private boolean hasRowKey(KnownTable table) {
        List<String> columns = after.dataSource(table.name()).map(DataSource::keyColumns).orElse(ImmutableList.of());
        return !columns.isEmpty() && columns.stream().allMatch(column -> mayBe(table, column, RowKey::serves));
    }

    /// Of a column that is not approved the type is not known.
    private boolean mayBe(KnownTable table, String column, Predicate<Type> types) {
        return Optional.ofNullable(table.columns().get(column)).map(known -> typeManager.fromSqlType(known.type())).filter(types.negate())
                .isEmpty();
    }

    /// True when tables are selected and none of them fits.
    private boolean lacking(ObjectSelector selector, Predicate<KnownTable> fits) {
        return selectedTables.of(selector).findAny().isPresent() && selectedTables.of(selector).noneMatch(fits);
    }

    private Optional<KnownColumn> column(ColumnName name) {
        return after.knownTable(name.table()).map(table -> table.columns().get(name.column()));
    }

    private Set<String> tableNames() {
        return after.knownTables().stream().map(table -> table.name().toString()).collect(toImmutableSet());
    }

    private static void notSupported(String path, String what, Findings findings) {
        findings.report(path, what + " are not supported yet");
    }
}
