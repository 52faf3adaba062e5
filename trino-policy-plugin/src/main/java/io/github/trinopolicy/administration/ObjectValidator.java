package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.bundle.DeclaredNames;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.policy.AttributeSourceCheck;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.TimeWindow;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Checks what users, groups, data sources and attribute sources refer to.
final class ObjectValidator {
    private final PolicySnapshot after;
    private final DeclaredNames names;
    private final Map<ObjectName, Optional<List<Column>>> described;

    /// @param after everything as it would be
    /// @param described the real columns of the tables that the change names; empty for one that does not exist
    ObjectValidator(PolicySnapshot after, DeclaredNames names, Map<ObjectName, Optional<List<Column>>> described) {
        this.after = requireNonNull(after, "after is null");
        this.names = requireNonNull(names, "names is null");
        this.described = requireNonNull(described, "described is null");
    }

    void check(Findings findings) {
        switch (findings.object()) {
            case User user -> check(user, findings);
            case Group group -> checkAttributes(group.attributes(), findings);
            case DataSource dataSource -> check(dataSource, findings);
            case AttributeSource source -> check(source, findings);
            default -> {
            }
        }
    }

    private void check(AttributeSource source, Findings findings) {
        findings.report("attribute", names.attribute(source.attribute()));
        AttributeSourceCheck.mistakes(source)
                .forEach(mistake -> findings.report(mistake.key(),
                        new PolicyTextException(mistake.message(), mistake.line(), mistake.column())));
    }

    private void check(User user, Findings findings) {
        List<Membership> groups = user.groups();
        for (int i = 0; i < groups.size(); i++) {
            findings.report("groups[%s]".formatted(i), names.group(groups.get(i).group()));
        }
        checkAttributes(user.attributes(), findings);
    }

    private void checkAttributes(Map<String, List<AttributeValue>> attributes, Findings findings) {
        attributes.forEach((name, values) -> {
            String path = "attributes." + ObjectName.quoteWhereNeeded(name);
            for (int i = 0; i < values.size(); i++) {
                findings.report("%s[%s]".formatted(path, i), names.attributeValue(name, values.get(i).value()));
            }
        });
    }

    private void check(DataSource dataSource, Findings findings) {
        ObjectName name = dataSource.objectName();
        if (name.catalog().equals(PolicyCatalog.NAME) || name.catalog().equals("system")
                || name.schema().equals(Optional.of("information_schema"))) {
            findings.report("name", "'%s' belongs to Trino or to the policy plugin and cannot be registered".formatted(name));
            return;
        }
        dataSource.owners().groups().forEach(group -> findings.report("owners.groups", names.group(group)));
        dataSource.tags().forEach(tag -> findings.report("tags", names.tag(tag)));
        dataSource.columns().forEach((column, description) -> description.tags()
                .forEach(tag -> findings.report("columns.%s.tags".formatted(ObjectName.quoteWhereNeeded(column)), names.tag(tag))));
        if (name.isTable()) {
            checkColumns(dataSource, findings);
        }
    }

    /// Only where the change names the table: else what is said of its columns was checked when it was said, and they may be gone since.
    private void checkColumns(DataSource dataSource, Findings findings) {
        ObjectName name = dataSource.objectName();
        if (!described.containsKey(name)) {
            return;
        }
        Optional<KnownTable> known = after.knownTable(name);
        Optional<List<Column>> real = described.getOrDefault(name, Optional.empty());
        if (real.isEmpty() && known.isEmpty()) {
            findings.report("name", "table '%s' does not exist; create it first, or register its schema".formatted(name));
            return;
        }
        Set<String> columns = new LinkedHashSet<>();
        real.ifPresent(list -> list.forEach(column -> columns.add(column.name())));
        // a policy outlives the drop and the rename of what it speaks of: time travel brings the old names back
        known.ifPresent(table -> columns.addAll(table.columns().keySet()));
        // what a call once said of a column that is gone does not stand in the way of a bundle
        DataSource named = findings.document().map(document -> (DataSource) document.object()).orElse(dataSource);
        named.columns().keySet()
                .forEach(column -> requireColumn("columns." + ObjectName.quoteWhereNeeded(column), column, columns, name, findings));
        named.keyColumns().forEach(column -> requireColumn("key_columns", column, columns, name, findings));
        named.eventTime().ifPresent(column -> requireColumn("event_time", column, columns, name, findings));
        named.eventTime().ifPresent(eventTime -> real.stream().flatMap(List::stream).filter(column -> column.name().equals(eventTime))
                .filter(column -> !TimeWindow.serves(column.type()))
                .forEach(column -> findings.report("event_time", "column '%s' of table '%s' has type %s; a date or timestamp is expected"
                        .formatted(eventTime, name, column.type().getDisplayName()))));
    }

    private static void requireColumn(String path, String column, Set<String> columns, ObjectName table, Findings findings) {
        if (!columns.contains(column)) {
            findings.report(path,
                    "table '%s' has no column %s%s".formatted(table, Wording.quoted(column), Wording.didYouMean(column, columns)));
        }
    }
}
