package io.github.trinopolicy.demo;

import com.google.common.collect.ImmutableList;
import java.sql.SQLException;
import java.util.List;

/// The tables of `lake.shop`, made from the smallest TPC-H data.
final class SampleData {
    private static final List<String> STATEMENTS = ImmutableList.of(
            "CREATE SCHEMA IF NOT EXISTS lake.shop",
            """
                    CREATE TABLE IF NOT EXISTS lake.shop.customer
                    WITH (partitioning = ARRAY['region']) AS
                    SELECT
                        c.custkey AS customer_id,
                        CAST(c.name AS varchar) AS name,
                        lower(replace(c.name, '#', '.')) || '@example.com' AS email,
                        CAST(c.phone AS varchar) AS phone,
                        CAST(r.name AS varchar) AS region,
                        CAST(n.name AS varchar) AS country,
                        CAST(c.acctbal AS decimal(12, 2)) AS balance,
                        CAST(date_add('day', c.custkey % 700, TIMESTAMP '2024-01-01 00:00:00 UTC') AS timestamp(6) with time zone) AS created_at
                    FROM tpch.tiny.customer c
                    JOIN tpch.tiny.nation n ON n.nationkey = c.nationkey
                    JOIN tpch.tiny.region r ON r.regionkey = n.regionkey
                    """,
            """
                    CREATE TABLE IF NOT EXISTS lake.shop.orders AS
                    SELECT
                        orderkey AS order_id,
                        custkey AS customer_id,
                        orderdate AS order_date,
                        CAST(totalprice AS decimal(12, 2)) AS total,
                        CAST(orderstatus AS varchar) AS status,
                        CAST(clerk AS varchar) AS clerk
                    FROM tpch.tiny.orders
                    """,
            """
                    CREATE TABLE IF NOT EXISTS lake.shop.employee AS
                    SELECT
                        s.suppkey AS employee_id,
                        'Employee ' || CAST(s.suppkey AS varchar) AS name,
                        'employee.' || CAST(s.suppkey AS varchar) || '@shop.example.com' AS email,
                        CAST(n.name AS varchar) AS country,
                        CAST(40000 + abs(s.acctbal) * 5 AS decimal(10, 2)) AS salary
                    FROM tpch.tiny.supplier s
                    JOIN tpch.tiny.nation n ON n.nationkey = s.nationkey
                    """);

    private SampleData() {
    }

    /// Creates the tables that are missing; those that exist stay as they are.
    static void load(Session administrator) throws SQLException {
        for (String statement : STATEMENTS) {
            administrator.execute(statement);
        }
    }
}
