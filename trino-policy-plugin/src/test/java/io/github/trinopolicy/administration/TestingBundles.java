package io.github.trinopolicy.administration;

import static java.util.stream.Collectors.joining;

import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Bundles of any size.
final class TestingBundles {
    static final String VOCABULARY = """
            kind: Tag
            name: PII.Email
            ---
            kind: Tag
            name: Geo.Region
            ---
            kind: Attribute
            name: region
            ---
            kind: Group
            name: analysts
            ---
            kind: DataSource
            name: lake.shop
            """;

    private TestingBundles() {
    }

    /// About 5 million characters: users who all carry the mark.
    static String fiveMegabytes(String mark) {
        String description = (mark + " ").repeat(1_000 / (mark.length() + 1));
        return documents(4_800, number -> """
                kind: User
                name: user-%06d
                description: %s
                """.formatted(number, description));
    }

    /// @param region an attribute value that all of them have
    static String users(int count, String region) {
        return documents(count, number -> """
                kind: User
                name: user-%06d
                groups: [analysts]
                attributes: {region: [%s, REGION-%s]}
                """.formatted(number, region, number % 100));
    }

    static String tables(int count) {
        return documents(count, number -> """
                kind: DataSource
                name: lake.shop.t%05d
                columns: {id: {}, email: {tags: [PII.Email]}, region: {tags: [Geo.Region]}}
                """.formatted(number));
    }

    /// Grants, filters and masks on the tables of [#tables], in turn.
    static String policies(int count, int tables) {
        return documents(count, number -> switch (number % 4) {
            case 0 -> """
                    kind: Policy
                    name: grant-%05d
                    type: access
                    applies_to: {data_sources: [lake.shop.t%05d]}
                    grant: {level: read, to: "in_any_group('analysts') AND NOT has_attribute('region', 'REGION-%s')"}
                    """.formatted(number, number % tables, number % 100);
            case 1 -> """
                    kind: Policy
                    name: filter-%05d
                    type: row-filter
                    applies_to: {data_sources: [lake.shop.t%05d]}
                    where: "attribute_values_contain('region', region) OR email LIKE 'a%s%%'"
                    """.formatted(number, number % tables, number);
            case 2 -> """
                    kind: Policy
                    name: own-region-%05d
                    type: row-filter
                    applies_to: {data_sources: [lake.shop.t%05d]}
                    matches: {attribute: region, column: {tag: Geo.Region}}
                    """.formatted(number, number % tables);
            default -> """
                    kind: Policy
                    name: mask-%05d
                    type: mask
                    columns: {names: [lake.shop.t%05d.email]}
                    mask: {type: hash}
                    exempt: "has_attribute('region', 'REGION-%s')"
                    condition: "region <> 'X%s'"
                    """.formatted(number, number % tables, number % 100, number);
        });
    }

    static String join(String... bundles) {
        return String.join("---\n", bundles);
    }

    private static String documents(int count, IntFunction<String> document) {
        return IntStream.range(0, count).mapToObj(document).collect(joining("---\n"));
    }
}
