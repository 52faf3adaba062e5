package io.github.trinopolicy.bundle;

/// Bundles that several tests read.
final class TestingBundles {
    /// The example of the format's description, which shows every kind.
    static final String EXAMPLE = """
            api_version: policy/v1            # optional
            kind: DataSource
            name: lake.shop.customer          # catalog | catalog.schema | catalog.schema.table ("quoted" parts where needed)
            owners: {users: [dana], groups: [stewards]}
            tags: [Regional]                  # inherited by everything below
            key_columns: [customer_id]        # unique key of a row (minimize, reversible, randomized-response); tables only
            event_time: created_at            # for time_window; tables only
            approve_columns: all              # take the columns present at apply (name and type) as known; default: those named below
            new_columns: mask                 # mask | tagged-only | allow, for columns that appear later; inherited
            columns:                          # tables only; naming a column approves it
              email: {tags: [PII.Email]}
              region: {tags: [Geo.Region]}
            fingerprint: {enabled: true, interval: 1d}
            ---
            kind: Tag
            name: PII.Email                   # its parents exist with it
            ---
            kind: Attribute
            name: region                      # values: [..] closes the list
            ---
            kind: AttributeSource             # a lookup table as attributes: read on schedule by the service user
            name: territory
            query: "SELECT login, territory FROM lake.hr.territories"    # user, value
            attribute: region
            interval: 10m
            ---
            kind: Group
            name: analysts
            attributes: {training: [gdpr]}
            ---
            kind: User                        # only where something is to be said of the user
            name: alice
            groups: [analysts, {name: project-x, expires: 2027-01-01T00:00:00Z}]
            attributes: {region: [EUROPE, AFRICA], clearance: {value: internal, expires: 2027-01-01T00:00:00Z}}
            ---
            kind: Purpose
            name: Fraud.Cards                 # a child satisfies its parent
            ---
            kind: Project
            name: fraud-q4
            owners: {users: [dana]}
            purposes: [Fraud.Cards]
            members: {users: [alice], groups: [fraud-team]}
            data_sources: [lake.shop.customer, lake.shop.orders]
            masked_joins: true
            equalized: false
            ---
            kind: Policy
            name: read-analysts
            type: access
            applies_to: {tags: [Regional]}    # tags, data_sources: [lake.shop], all: true (any of)
            grant: {level: read, to: "in_any_group('analysts')"}      # read | write | own
            ---
            kind: Policy
            name: trained-only
            type: access
            applies_to: {all: true}
            guardrail: "has_attribute('training', 'gdpr')"
            ---
            kind: Policy
            name: own-region
            type: row-filter
            applies_to: {tags: [Regional]}
            matches: {attribute: region, column: {tag: Geo.Region}}   # or {group: true, column: {name: team}}
            exempt: "in_any_group('auditors')"
            # other forms, one of:  where: "amount < 1000 OR has_attribute('clearance', 'high')"
            #                       time_window: {newer_than: 90d}      (or older_than; m, h, d, y)
            #                       minimize: {percent: 10}
            #                       purposes: [Fraud]
            ---
            kind: Policy
            name: mask-email
            type: mask
            columns: {tags: [PII.Email]}      # names: [lake.shop.customer.email, lake.shop.customer.address.city, 'lake.shop.customer.phones[*]'],
                                              # pattern: '(?i)e_?mail' (whole name), tags, in: [lake.shop] (any of); narrowed by types: [varchar] and not: {..}
            mask: {type: hash}
            condition: "country = 'US'"       # cell-level: masked unless certainly false; there the next applicable mask decides
            exempt: "in_any_group('privacy-office') OR using_purpose('Fraud')"
            priority: 0                       # only between masks of one type and equal specificity
            state: active                     # or staged: stored, shown by plan and impact, not enforced
            ---
            kind: Policy
            name: mask-phone
            type: mask
            columns: {tags: [PII.Phone]}
            rules:                            # the first rule that fits the user counts; `mask:` alone is short for one rule
              - {for: "in_any_group('support')", mask: {type: regex, pattern: '\\d(?=\\d{4})', replacement: '*'}}
              - {mask: {type: format-preserving, alphabet: digits}}
            ---
            kind: Policy
            name: reveal-by-tag
            type: reveal
            columns: {tags: [PII]}
            to: {attribute_matches_tag: reveal}      # user attribute `reveal` holds the tag or an ancestor; or a condition text
            ---
            kind: Policy
            name: investigators-unmask
            type: unmask                      # may call policy.functions.unmask and mask_literal on these columns; still sees masked cells
            columns: {tags: [PII]}
            to: {attribute_matches_tag: unmask}
            ---
            kind: Policy
            name: dashboards
            type: impersonation
            who: "current_user = 'superset'"
            as: {groups: [analysts]}
            ---
            kind: Classifier                  # own detector for discovery
            name: employee-number
            tag: Discovered.Employee.Number
            pattern: 'E\\d{6}'                 # or dictionary: [..], column_name: '(?i)emp_?no'
            min_share: 0.9
            """;

    /// What the example only mentions: all alternatives, all masks, all short forms.
    static final String VARIANTS = """
            {kind: DataSource, name: lake, description: The lake, owners: {users: [dana]}, new_columns: tagged-only}
            ---
            {kind: DataSource, name: 'lake."odd schema"', new_columns: allow, fingerprint: {enabled: false}}
            ---
            {kind: DataSource, name: lake.shop.orders, take_over: true, columns: {total: {}, 'first name': {tags: [PII.Name]}}}
            ---
            {kind: Attribute, name: clearance, values: [low, 1.0, 007, true], description: ''}
            ---
            {kind: Group, name: stewards, attributes: {level: 1.0, code: [007, x, {value: true, expires: '2027-01-01T00:00:00+02:00'}]}}
            ---
            {kind: User, name: bob}
            ---
            {kind: Project, name: empty}
            ---
            {kind: Classifier, name: words, tag: Discovered.Word, dictionary: [a, b, 7], column_name: word}
            ---
            {kind: Classifier, name: named, tag: Discovered.Word, column_name: '(?i)word'}
            ---
            {kind: Policy, name: own-all, type: access, applies_to: {data_sources: [lake.shop], all: true}, grant: {level: own, to: "true"}}
            ---
            {kind: Policy, name: by-group, type: row-filter, applies_to: {all: true}, matches: {group: true, column: {name: Team}}}
            ---
            {kind: Policy, name: small, type: row-filter, applies_to: {all: true}, where: "amount < 1000 OR has_attribute('clearance', 'high')"}
            ---
            {kind: Policy, name: recent, type: row-filter, applies_to: {all: true}, time_window: {newer_than: 90d}}
            ---
            {kind: Policy, name: old, type: row-filter, applies_to: {all: true}, time_window: {older_than: 2y}, state: staged}
            ---
            {kind: Policy, name: sample, type: row-filter, applies_to: {all: true}, minimize: {percent: 10}}
            ---
            {kind: Policy, name: purpose, type: row-filter, applies_to: {all: true}, purposes: [Fraud, Audit.Yearly]}
            ---
            kind: Policy
            name: names
            type: mask
            columns:
              names: [lake.shop.customer.email, lake.shop.customer.address.city, 'lake.shop.customer.phones[*]']
              pattern: '(?i)e_?mail'
              in: [lake.shop]
              types: [varchar, timestamp with time zone]
              not: {tags: [Public], not: {in: [lake.secret]}}
            mask: {type: null}
            priority: -3
            ---
            kind: Policy
            name: masks
            type: mask
            columns: {tags: [PII]}
            rules:
              - {for: 'f(1)', mask: {type: 'null'}}
              - {for: 'f(2)', mask: {type: constant, value: 1.50}}
              - {for: 'f(3)', mask: {type: hash}}
              - {for: 'f(4)', mask: {type: reversible}}
              - {for: 'f(5)', mask: {type: reversible, keep_equality: true}}
              - {for: 'f(6)', mask: {type: format-preserving}}
              - {for: 'f(7)', mask: {type: regex, pattern: a, replacement: '', first_only: true, no_match: keep}}
              - {for: 'f(8)', mask: {type: regex, pattern: a, replacement: $1, no_match: null}}
              - {for: 'f(9)', mask: {type: rounding, bucket: 100}}
              - {for: 'f(10)', mask: {type: rounding, unit: month}}
              - {for: 'f(11)', mask: {type: rounding, from: fingerprint}}
              - {for: 'f(12)', mask: {type: k-anonymity}}
              - {for: 'f(13)', mask: {type: k-anonymity, k: 11, set_labels: true, keep_null: false, strata: [state], hierarchies: {zip: {prefix: true}}, l_diversity: {column: illness, l: 3}}}
              - {for: 'f(14)', mask: {type: randomized-response, epsilon: 2}}
              - {for: 'f(15)', mask: {type: randomized-response, replacement_rate: 0.2, values: [a, 1], nulls: category, unseen: 'null', lower: 0, upper: 9.5, mechanism: laplace}}
              - {for: 'f(16)', mask: {type: randomized-response, epsilon: 0.5, nulls: null, unseen: uniform, mechanism: hybrid}}
              - {for: 'f(17)', mask: {type: custom, expression: "substr(masked_column(), 1, 3) || '***'"}}
            ---
            {kind: Policy, name: reveal-some, type: reveal, columns: {tags: [PII]}, to: "in_any_group('hr')"}
            ---
            {kind: Policy, name: reports, type: impersonation, who: "current_user = 'bi'", as: {users: [alice]}, state: active}
            """;

    private TestingBundles() {
    }
}
