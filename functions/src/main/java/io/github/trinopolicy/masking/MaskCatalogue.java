package io.github.trinopolicy.masking;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.trino.spi.type.Type;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Which masks this module serves, for which types, and how. Thread-safe.
public final class MaskCatalogue {
    /// @param function the name of the function in the schema of masking functions
    public record Service(String function, MaskEncoding encoding) {
        public Service {
            requireNonNull(function, "function is null");
            requireNonNull(encoding, "encoding is null");
        }
    }

    /// No text type of fewer characters has room for a reversible token.
    public static final int SHORTEST_TOKEN = TokenEncoding.SHORTEST_TEXT;

    private final Map<String, Function<Type, Optional<Service>>> services;

    public MaskCatalogue() {
        services = ImmutableMap.of(
                HashFunctions.NAME,
                type -> HashEncoding.of(type).map(encoding -> new Service(HashFunctions.NAME, encoding)),
                "format-preserving",
                type -> FormatEncoding.of(type).map(encoding -> new Service(FormatPreservingFunctions.NAME, encoding)),
                "reversible",
                type -> TokenEncoding.of(type).map(encoding -> new Service(ReversibleFunctions.BY_ROW, encoding)));
    }

    /// Absent if no function here masks this type with this mask: the policy's fallback decides then.
    ///
    /// @param mask the mask type as a bundle writes it, such as `hash`
    public Optional<Service> find(String mask, Type type) {
        return Optional.ofNullable(services.get(mask)).flatMap(service -> service.apply(type));
    }

    /// The most bytes that a value can have for its reversible token to fit the type; absent where all fit, or none.
    public Optional<Integer> longestReversible(Type type) {
        return TokenEncoding.longestValue(type);
    }

    /// Whether `minimize` and `reversible` can tell rows apart by a key column of the type.
    public boolean servesAsRowKey(Type type) {
        return RowKey.serves(type);
    }
}
