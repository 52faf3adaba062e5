package io.github.trinopolicy.migration;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The rules of Trino's file-based system access control about catalogs, schemas and tables, in their order. An absent list allows
/// everything, an empty one nothing.
record FileRules(Optional<List<CatalogRule>> catalogs, Optional<List<SchemaRule>> schemas, Optional<List<TableRule>> tables) {
    FileRules {
        catalogs = catalogs.map(ImmutableList::copyOf);
        schemas = schemas.map(ImmutableList::copyOf);
        tables = tables.map(ImmutableList::copyOf);
    }

    /// What a rule is for. An absent pattern matches every name.
    ///
    /// @param element where the rule stands
    record Scope(Element element, Who who, Optional<NamePattern> catalog, Optional<NamePattern> schema, Optional<NamePattern> table) {}

    sealed interface Rule permits CatalogRule, SchemaRule, TableRule {
        Scope scope();
    }

    enum CatalogAccess {
        NONE,
        READ_ONLY,
        ALL,
    }

    record CatalogRule(Scope scope, CatalogAccess access) implements Rule {}

    record SchemaRule(Scope scope, boolean owner) implements Rule {}

    enum Privilege {
        SELECT,
        INSERT,
        DELETE,
        UPDATE,
        OWNERSHIP,
        GRANT_SELECT,
    }

    /// @param filter a policy text
    record TableRule(Scope scope, Set<Privilege> privileges, List<ColumnRule> columns, Optional<String> filter) implements Rule {
        TableRule {
            privileges = ImmutableSet.copyOf(privileges);
            columns = ImmutableList.copyOf(columns);
        }

        boolean reads() {
            return privileges.contains(Privilege.SELECT) || privileges.contains(Privilege.GRANT_SELECT);
        }

        boolean writes() {
            return reads() && privileges.containsAll(ImmutableSet.of(Privilege.INSERT, Privilege.DELETE, Privilege.UPDATE));
        }

        boolean owns() {
            return writes() && privileges.contains(Privilege.OWNERSHIP);
        }
    }

    /// @param mask a policy text for the value; empty: the column is hidden
    record ColumnRule(String column, Optional<String> mask) {}
}
