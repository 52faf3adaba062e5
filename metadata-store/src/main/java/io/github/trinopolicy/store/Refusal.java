package io.github.trinopolicy.store;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.stream.Stream;

/// Why a database that answers does not do what it is asked to, where its SQLSTATE tells enough to say what helps. Its own message is for
/// the log of the database, since it may quote values.
enum Refusal {
    READ_ONLY("25006",
            "is read-only: make it writable, or name all its servers in policy.store.url with targetServerType=primary"),
    DISK_FULL("53100", "has no disk space left: make room on the database server"),
    OUT_OF_MEMORY("53200", "is out of memory: look after the database server"),
    NO_STORE("42P01",
            "lacks a table of the store, or policy.store.user may not see the schema: restore the store, or grant USAGE on the schema"),
    CANCELLED("57014",
            "ended a statement before it was done: look whether somebody cancelled it, or statement_timeout is set for policy.store.user"),
    FILE_ERROR("58030", "cannot read or write its files: look after the disks of the database server");

    private final String state;
    private final String words;

    Refusal(String state, String words) {
        this.state = requireNonNull(state, "state is null");
        this.words = requireNonNull(words, "words is null");
    }

    static Optional<Refusal> of(String state) {
        return Stream.of(values()).filter(refusal -> refusal.state.equals(state)).findFirst();
    }

    /// What follows the name of the store in a sentence.
    String words() {
        return words;
    }
}
