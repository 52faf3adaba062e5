package io.github.trinopolicy.enforcement;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.Principals;
import java.util.List;

/// Reads `user,group:name` as it stands in a property.
final class PrincipalNames {
    private static final String GROUP = "group:";

    private PrincipalNames() {
    }

    static Principals parse(List<String> names) {
        ImmutableSet.Builder<String> users = ImmutableSet.builder();
        ImmutableSet.Builder<String> groups = ImmutableSet.builder();
        for (String name : names) {
            if (name.startsWith(GROUP)) {
                groups.add(name.substring(GROUP.length()));
            }
            else {
                users.add(name);
            }
        }
        return new Principals(users.build(), groups.build());
    }
}
