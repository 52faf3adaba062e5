package io.github.trinopolicy.migration;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.bundle.DocumentWriter;
import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.Purpose;
import io.github.trinopolicy.model.Tag;
import java.util.List;
import java.util.Optional;

/// Documents that say no more than that something exists, and whether a bundle can say it: foreign names may hold what ours may not.
final class Declarable {
    private Declarable() {
    }

    static Group group(String name) {
        return new Group(name, Optional.empty(), ImmutableMap.of());
    }

    static Attribute attribute(String name) {
        return new Attribute(name, Optional.empty(), Optional.empty());
    }

    static Tag tag(String name) {
        return new Tag(name, Optional.empty());
    }

    static Purpose purpose(String name) {
        return new Purpose(name, Optional.empty());
    }

    /// @param approved takes the columns of a table that are there as known
    static DataSource dataSource(ObjectName name, boolean approved, Optional<NewColumns> newColumns) {
        return new DataSource(name, Optional.empty(), Principals.NONE, ImmutableSet.of(), List.of(), Optional.empty(), approved, newColumns,
                ImmutableMap.of(), Optional.empty());
    }

    static boolean isObject(ObjectName name) {
        return isAccepted(dataSource(name, false, Optional.empty()));
    }

    static boolean isAccepted(PolicyObject document) {
        try {
            new BundleReader().readStored(new DocumentWriter().toJson(document));
            return true;
        }
        catch (BundleException _) {
            return false;
        }
    }
}
