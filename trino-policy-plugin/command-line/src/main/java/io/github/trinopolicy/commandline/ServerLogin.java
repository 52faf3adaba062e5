package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Map;
import java.util.Set;

/// Who logs in and how, as properties of the JDBC driver.
///
/// @param secrets values among the properties that no message may hold
record ServerLogin(String user, Map<String, String> properties, Set<String> secrets) {
    ServerLogin {
        requireNonNull(user, "user is null");
        properties = ImmutableMap.copyOf(properties);
        secrets = ImmutableSet.copyOf(secrets);
    }

    @Override
    public String toString() {
        return "ServerLogin[%s]".formatted(user);
    }
}
