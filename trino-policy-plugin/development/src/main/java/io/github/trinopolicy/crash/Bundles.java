package io.github.trinopolicy.crash;

import static com.google.common.base.Preconditions.checkArgument;

/// What is applied. A generation of a series is a bundle of several documents; each tells its number, and takes effect only with the others:
/// the filter lets rows through to those alone to whom the group of the same generation gives its number.
final class Bundles {
    static final int SERIES = 2;
    static final int DOCUMENTS = 6;

    static final String READER = "reader";
    /// Sees all rows, each as it is.
    static final String EXEMPT = "exempt";
    /// Sees all rows masked, and may unmask values.
    static final String INSPECTOR = "inspector";

    private Bundles() {
    }

    static String source(int series) {
        return "series-" + series;
    }

    static String call(String bundle, String source, String reason) {
        return "CALL policy.admin.apply(bundle => '%s', prune => true, source => '%s', reason => '%s')"
                .formatted(bundle.replace("'", "''"), source, reason);
    }

    /// Keys and masks, which stay as they are.
    static String base() {
        return """
                {kind: DataSource, name: lake.crash.person, approve_columns: all, key_columns: [id]}
                ---
                {kind: Policy, name: read, type: access, applies_to: {all: true}, grant: {level: read, to: "true"}}
                ---
                {kind: Policy, name: tokens, type: mask, columns: {names: [lake.crash.person.email]}, mask: {type: reversible}, exempt: "current_user = 'exempt'"}
                ---
                {kind: Policy, name: hashes, type: mask, columns: {names: [lake.crash.person.nick]}, mask: {type: hash}, exempt: "current_user = 'exempt'"}
                ---
                {kind: Policy, name: formats, type: mask, columns: {names: [lake.crash.person.card]}, mask: {type: format-preserving}, exempt: "current_user = 'exempt'"}
                ---
                {kind: Policy, name: inspectors, type: unmask, columns: {in: [lake.crash.person]}, to: "current_user = 'inspector'"}
                """;
    }

    /// After the first generation of each series, which makes the groups.
    static String people() {
        return "{kind: User, name: reader, groups: [readers-1, readers-2]}";
    }

    static String generation(int series, long number) {
        checkArgument(series >= 1 && series <= SERIES, "there is no such series");
        return """
                {kind: Tag, name: Series%1$s.N%2$s, description: generation %2$s}
                ---
                {kind: Attribute, name: generation-%1$s, description: generation %2$s}
                ---
                {kind: Group, name: readers-%1$s, attributes: {generation-%1$s: '%2$s'}, description: generation %2$s}
                ---
                {kind: Policy, name: first-%1$s, description: generation %2$s, type: mask, columns: {names: [lake.crash.person.first_%1$s]},
                 mask: {type: constant, value: '%2$s'}, exempt: "current_user = 'exempt'"}
                ---
                {kind: Policy, name: second-%1$s, description: generation %2$s, type: mask, columns: {names: [lake.crash.person.second_%1$s]},
                 mask: {type: constant, value: '%2$s'}, exempt: "current_user = 'exempt'"}
                ---
                {kind: Policy, name: filter-%1$s, description: generation %2$s, type: row-filter, applies_to: {data_sources: [lake.crash.person]},
                 where: "has_attribute('generation-%1$s', '%2$s') AND digit_%1$s <> %3$s", exempt: "current_user IN ('exempt', 'inspector')"}
                """
                .formatted(series, number, number % 10);
    }
}
