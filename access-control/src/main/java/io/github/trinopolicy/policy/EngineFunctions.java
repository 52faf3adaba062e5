package io.github.trinopolicy.policy;

import com.google.common.collect.ImmutableSet;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.LongLiteral;
import java.util.List;
import java.util.Set;

/// The builtin functions of Trino that a policy text may call: scalar, deterministic, and independent of the session's zone, locale,
/// catalog, schema and path.
final class EngineFunctions {
    /// Never fail, whatever the row holds.
    static final Set<String> TOTAL = ImmutableSet.of("bit_length", "cardinality", "char_length", "character_length", "concat", "ends_with",
            "is_finite", "is_infinite", "is_nan", "length", "lower", "ltrim", "octet_length", "replace", "reverse", "rtrim", "sha256",
            "sha512", "starts_with", "substr", "substring", "to_hex", "to_utf8", "trim", "typeof", "upper", "md5", "xxhash64");

    /// May fail on some rows, so the text around them is wrapped. `hamming_distance` is not here: of text that is not UTF-8, Trino's never
    /// returns.
    static final Set<String> PARTIAL = ImmutableSet.of("abs", "array_position", "arrays_overlap", "bitwise_and", "bitwise_or",
            "bitwise_xor", "bitwise_not", "cbrt", "ceil",
            "ceiling", "chr", "codepoint", "contains", "date_add", "date_diff", "date_trunc", "day", "day_of_month", "day_of_week",
            "day_of_year",
            "element_at", "exp", "floor", "from_base64", "greatest", "from_hex", "from_utf8", "hour", "json_array_contains",
            "json_array_length", "json_extract", "json_extract_scalar", "json_size", "last_day_of_month", "least", "levenshtein_distance",
            "ln", "log", "log10", "log2",
            "lpad", "minute", "mod", "month", "normalize", "parse_duration", "position", "pow", "power", "quarter", "regexp_count",
            "regexp_extract", "regexp_like", "regexp_position", "regexp_replace", "round", "rpad", "second", "sign", "split", "split_part",
            "sqrt", "strpos", "to_base64", "translate", "truncate", "url_extract_host", "url_extract_path", "url_extract_protocol", "week",
            "width_bucket", "year", "map_keys", "map_values", "array_distinct", "array_join", "array_max", "array_min", "slice",
            "transform", "filter", "any_match", "all_match", "none_match", "soundex", "luhn_check", "word_stem",
            "hmac_sha256", "crc32", "from_iso8601_date", "ip_prefix");

    /// Named only to say why they are refused.
    static final Set<String> AGGREGATES = ImmutableSet.of("any_value", "approx_distinct", "approx_most_frequent", "approx_percentile",
            "approx_set", "arbitrary", "array_agg", "avg", "bitwise_and_agg", "bitwise_or_agg", "bool_and", "bool_or", "checksum", "corr",
            "count", "count_if", "covar_pop", "covar_samp", "every", "geometric_mean", "histogram", "kurtosis", "listagg", "map_agg",
            "map_union", "max", "max_by", "merge", "min", "min_by", "multimap_agg", "numeric_histogram", "reduce_agg", "regr_intercept",
            "regr_slope", "skewness", "stddev", "stddev_pop", "stddev_samp", "sum", "var_pop", "var_samp", "variance", "row_number", "rank",
            "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value", "nth_value", "grouping");

    /// Named only to say why they are refused.
    static final Set<String> NON_DETERMINISTIC = ImmutableSet.of("rand", "random", "shuffle", "uuid", "version");

    /// Named only to say why they are refused: they read the session's start, zone or locale.
    static final Set<String> SESSION_DEPENDENT = ImmutableSet.of("current_groups", "current_timezone", "date_format", "date_parse",
            "format_datetime", "from_iso8601_timestamp", "from_iso8601_timestamp_nanos", "from_unixtime", "from_unixtime_nanos", "now",
            "parse_datetime");

    /// Of a substring; longer than any text that Trino holds in memory.
    static final int MAXIMUM_LENGTH = 1 << 30;

    private static final Set<String> SUBSTRINGS = ImmutableSet.of("substr", "substring");

    private EngineFunctions() {
    }

    /// True for a substring of a length that may be anything. Over lengths near the greatest `integer` and beyond, Trino's fails with an internal error.
    static boolean takesLengthFromTheRow(String name, List<Expression> arguments) {
        return SUBSTRINGS.contains(name) && arguments.size() == 3
                && !(arguments.getLast() instanceof LongLiteral length && length.getParsedValue() <= MAXIMUM_LENGTH);
    }
}
