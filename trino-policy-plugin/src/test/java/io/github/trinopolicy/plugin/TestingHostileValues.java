package io.github.trinopolicy.plugin;

import com.google.common.collect.ImmutableList;
import java.util.List;

/// A table with a column of each type, full of values that are likely to break what is done with them.
final class TestingHostileValues {
    static final int ROWS = 10_000;
    static final String TABLE = "memory.default.hostile";

    /// @param sqlType as Trino shows it
    /// @param extremes SQL of values, besides NULL
    /// @param any SQL of a value that depends on `n`, a number, and `h`, a hash of it
    record HostileType(String sqlType, List<String> extremes, String any) {
        static HostileType of(String sqlType, String any, String... extremes) {
            return new HostileType(sqlType, ImmutableList.copyOf(extremes), any);
        }
    }

    private static final String TEXT = "substr(to_hex(h) || 'é東🐘 0170-1234567', CAST(n % 30 AS integer) + 1)";
    private static final String BITS = "from_big_endian_64(substr(h, 1, 8))";

    static final List<HostileType> TYPES = ImmutableList.of(
            HostileType.of("varchar", TEXT, "''", "' '", "'trailing  '", "rpad('', 100000, 'x')", "'🐘é東'", "U&'\\0000'", "'%_\\$1${x}'",
                    "'-0170 1234567'", "'9223372036854775808'", "'2026-02-30'"),
            HostileType.of("varchar(5)", TEXT, "''", "'     '", "'12345'", "'🐘🐘🐘🐘🐘'"),
            HostileType.of("varchar(64)", TEXT, "''", "rpad('', 64, '🐘')", "'1'"),
            HostileType.of("char(5)", TEXT, "''", "'     '", "'12345'", "'🐘🐘🐘🐘🐘'"),
            HostileType.of("char(64)", TEXT, "''", "rpad('', 64, '🐘')", "'1'"),
            HostileType.of("varbinary", "substr(h, 1, n % 17)", "X''", "X'00'", "X'fffefdc3'"),
            HostileType.of("tinyint", "n % 256 - 128", "-128", "127", "0"),
            HostileType.of("smallint", "n % 65536 - 32768", "-32768", "32767", "0"),
            HostileType.of("integer", "bitwise_and(%s, 2147483647) - 1073741824".formatted(BITS), "-2147483648", "2147483647", "0"),
            HostileType.of("bigint", BITS, "BIGINT '-9223372036854775808'", "9223372036854775807", "0"),
            HostileType.of("real", "CAST(n AS real) / REAL '7.3'", "nan()", "infinity()", "-infinity()", "REAL '-3.4028235e38'",
                    "REAL '1.4e-45'", "REAL '-0.0'"),
            HostileType.of("double", "from_ieee754_64(substr(h, 1, 8))", "nan()", "infinity()", "-infinity()", "-1.7976931348623157e308",
                    "4.9e-324", "DOUBLE '-0.0'"),
            HostileType.of("decimal(5,2)", "(n % 199999 - 99999) / DECIMAL '100.00'", "-999.99", "999.99", "0"),
            HostileType.of("decimal(18,4)", "DECIMAL '0.0001' * n", "-99999999999999.9999", "99999999999999.9999"),
            HostileType.of("decimal(38,0)", "DECIMAL '1' * %s".formatted(BITS), "DECIMAL '-99999999999999999999999999999999999999'",
                    "DECIMAL '99999999999999999999999999999999999999'"),
            HostileType.of("decimal(38,38)", "DECIMAL '0.0001'", "DECIMAL '-0.99999999999999999999999999999999999999'"),
            HostileType.of("boolean", "n % 2 = 0", "true", "false"),
            HostileType.of("date", "date_add('day', n % 100000 - 50000, DATE '1970-01-01')", "DATE '-5877641-06-24'",
                    "DATE '5881580-07-11'", "DATE '0001-01-01'", "DATE '9999-12-31'"),
            HostileType.of("time(0)", "TIME '00:00:00' + n * INTERVAL '7' SECOND", "TIME '23:59:59'", "TIME '00:00:00'"),
            HostileType.of("time(12)", "TIME '00:00:00' + n * INTERVAL '7' SECOND", "TIME '23:59:59.999999999999'"),
            HostileType.of("time(3) with time zone", "TIME '12:34:56.789 +05:30'", "TIME '23:59:59.999 -14:00'",
                    "TIME '00:00:00.000 +14:00'"),
            HostileType.of("time(12) with time zone", "TIME '12:34:56.789 +05:30'", "TIME '23:59:59.999999999999 -14:00'"),
            HostileType.of("timestamp(0)", "TIMESTAMP '1970-01-01 00:00:00' + (n - 5000) * INTERVAL '123456' SECOND",
                    "TIMESTAMP '-4712-01-01 00:00:00'", "TIMESTAMP '9999-12-31 23:59:59'"),
            HostileType.of("timestamp(3)", "TIMESTAMP '1970-01-01 00:00:00' + (n - 5000) * INTERVAL '123456' SECOND",
                    "TIMESTAMP '-290307-12-31 00:00:00.000'", "TIMESTAMP '294246-12-31 00:00:00.000'"),
            HostileType.of("timestamp(6)", "TIMESTAMP '1970-01-01 00:00:00' + (n - 5000) * INTERVAL '123456' SECOND",
                    "TIMESTAMP '-290307-12-31 00:00:00.000001'", "TIMESTAMP '1969-12-31 23:59:59.999999'"),
            HostileType.of("timestamp(12)", "TIMESTAMP '1970-01-01 00:00:00' + (n - 5000) * INTERVAL '123456' SECOND",
                    "TIMESTAMP '-290307-12-31 00:00:00.000000000001'", "TIMESTAMP '1969-12-31 23:59:59.999999999999'"),
            HostileType.of("timestamp(3) with time zone",
                    "TIMESTAMP '1970-01-01 00:00:00 Europe/Berlin' + (n - 5000) * INTERVAL '123456' SECOND",
                    "TIMESTAMP '2026-10-25 02:30:00 Europe/Berlin'", "TIMESTAMP '0001-01-01 00:00:00.000 UTC'",
                    "TIMESTAMP '9999-12-31 23:59:59.999 UTC'", "TIMESTAMP '2018-11-04 01:00:00 America/Sao_Paulo'"),
            HostileType.of("timestamp(12) with time zone",
                    "TIMESTAMP '1970-01-01 00:00:00 Australia/Lord_Howe' + (n - 5000) * INTERVAL '123456' SECOND",
                    "TIMESTAMP '0001-01-01 00:00:00.000000000001 UTC'", "TIMESTAMP '2026-04-05 01:45:00.999999999999 Australia/Lord_Howe'"),
            HostileType.of("uuid", "CAST(h AS uuid)", "UUID '00000000-0000-0000-0000-000000000000'",
                    "UUID 'ffffffff-ffff-ffff-ffff-ffffffffffff'"),
            HostileType.of("ipaddress", "CAST(h AS ipaddress)", "IPADDRESS '0.0.0.0'", "IPADDRESS '::'"),
            HostileType.of("json", "CAST(to_hex(h) AS json)", "JSON 'null'", "JSON '{\"a\": [1, null]}'", "JSON '1e400'", "JSON '\"\"'"),
            HostileType.of("array(varchar)", "ARRAY[to_hex(h), NULL]", "ARRAY[]", "ARRAY[NULL]"),
            HostileType.of("map(varchar, bigint)", "MAP(ARRAY[to_hex(h)], ARRAY[n])", "MAP()", "MAP(ARRAY['a'], ARRAY[NULL])"),
            HostileType.of("row(\"a\" varchar, \"b\" bigint)", "ROW(to_hex(h), n)", "ROW(NULL, NULL)"));

    private TestingHostileValues() {
    }

    static String column(int type) {
        return "c" + type;
    }

    static void create(TestingPolicyServer server, String user) {
        StringBuilder columns = new StringBuilder("id bigint");
        StringBuilder values = new StringBuilder("n");
        for (int i = 0; i < TYPES.size(); i++) {
            HostileType type = TYPES.get(i);
            columns.append(", %s %s".formatted(column(i), type.sqlType()));
            StringBuilder value = new StringBuilder("CASE CAST(n AS integer) WHEN 1 THEN NULL ");
            for (int extreme = 0; extreme < type.extremes().size(); extreme++) {
                value.append("WHEN %s THEN CAST(%s AS %s) ".formatted(extreme + 2, type.extremes().get(extreme), type.sqlType()));
            }
            values.append(", %sELSE CAST(%s AS %s) END".formatted(value, type.any(), type.sqlType()));
        }
        server.execute(user, "CREATE TABLE %s (%s)".formatted(TABLE, columns));
        server.execute(user,
                "INSERT INTO %s SELECT %s FROM (SELECT n, md5(to_utf8(CAST(n AS varchar))) h FROM TABLE(sequence(1, %s)) AS t(n))"
                        .formatted(TABLE, values, ROWS));
    }
}
