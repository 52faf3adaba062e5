package io.github.trinopolicy.development;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How one node is configured. Immutable: each method returns a changed copy.
///
/// @param id of the node, also the name of its directory
/// @param port of its HTTP server
/// @param jvmOptions beside those that Trino cannot run without
/// @param properties of `etc/config.properties`
/// @param catalogs by name, each a file of `etc/catalog`
/// @param accessControl of `etc/access-control.properties`; absent: no such file
/// @param environment variables added to those of this process
public record NodeSettings(
        String id,
        int port,
        List<String> jvmOptions,
        Map<String, String> properties,
        Map<String, Map<String, String>> catalogs,
        Optional<Map<String, String>> accessControl,
        Map<String, String> environment) {
    public NodeSettings {
        requireNonNull(id, "id is null");
        jvmOptions = ImmutableList.copyOf(jvmOptions);
        properties = ImmutableMap.copyOf(properties);
        catalogs = ImmutableMap.copyOf(catalogs);
        accessControl = accessControl.map(ImmutableMap::copyOf);
        environment = ImmutableMap.copyOf(environment);
    }

    public NodeSettings(String id, int port) {
        this(id, port, ImmutableList.of(), ImmutableMap.of(), ImmutableMap.of(), Optional.empty(), ImmutableMap.of());
    }

    public NodeSettings withJvmOptions(String... options) {
        List<String> changed = ImmutableList.<String>builder().addAll(jvmOptions).add(options).build();
        return new NodeSettings(id, port, changed, properties, catalogs, accessControl, environment);
    }

    /// Sets a property of `etc/config.properties`.
    public NodeSettings withProperty(String name, String value) {
        return new NodeSettings(id, port, jvmOptions, with(properties, name, value), catalogs, accessControl, environment);
    }

    /// Sets a whole catalog file.
    public NodeSettings withCatalog(String catalog, Map<String, String> catalogProperties) {
        return new NodeSettings(id, port, jvmOptions, properties, with(catalogs, catalog, catalogProperties), accessControl, environment);
    }

    /// Sets one property of a catalog that is there.
    public NodeSettings withCatalogProperty(String catalog, String name, String value) {
        Map<String, String> present = requireNonNull(catalogs.get(catalog), "no such catalog");
        return withCatalog(catalog, with(present, name, value));
    }

    public NodeSettings withoutCatalog(String catalog) {
        ImmutableMap.Builder<String, Map<String, String>> kept = ImmutableMap.builder();
        catalogs.forEach((name, catalogProperties) -> {
            if (!name.equals(catalog)) {
                kept.put(name, catalogProperties);
            }
        });
        return new NodeSettings(id, port, jvmOptions, properties, kept.buildOrThrow(), accessControl, environment);
    }

    public NodeSettings withAccessControl(Map<String, String> accessControlProperties) {
        return new NodeSettings(id, port, jvmOptions, properties, catalogs, Optional.of(accessControlProperties), environment);
    }

    public NodeSettings withoutAccessControl() {
        return new NodeSettings(id, port, jvmOptions, properties, catalogs, Optional.empty(), environment);
    }

    public NodeSettings withEnvironment(String name, String value) {
        return new NodeSettings(id, port, jvmOptions, properties, catalogs, accessControl, with(environment, name, value));
    }

    private static <V> Map<String, V> with(Map<String, V> map, String key, V value) {
        return ImmutableMap.<String, V>builder().putAll(map).put(key, value).buildKeepingLast();
    }

    /// Names only: the values hold passwords.
    @Override
    public String toString() {
        return "%s on port %s with catalogs %s".formatted(id, port, catalogs.keySet());
    }
}
