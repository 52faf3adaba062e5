package io.github.trinopolicy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Changes of Iceberg tables by another engine: the next look notices them, and until they are approved nobody has seen what is new. The other
/// engine is a catalog of another name over the same lake, of which policies know nothing.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(TestingServers.class)
final class TestForeignSchemaChanges {
    private final Session admin;
    private final Session alice;

    TestForeignSchemaChanges(TestingGovernedCluster governed) throws SQLException {
        this.admin = governed.session("admin");
        this.alice = governed.session("alice");
    }

    @BeforeAll
    void register() throws SQLException, InterruptedException {
        admin.execute("CREATE SCHEMA lake.watched");
        admin.execute("CREATE TABLE lake.watched.person (id bigint, name varchar, born date, age integer)");
        admin.execute("INSERT INTO lake.watched.person VALUES (1, 'secret name', DATE '1980-01-02', 45)");
        admin.execute(
                """
                        CALL policy.admin.apply(bundle => '
                        {kind: DataSource, name: lake.watched}
                        ---
                        {kind: DataSource, name: lake.watched.person, approve_columns: all}
                        ---
                        {kind: Policy, name: read-watched, type: access, applies_to: {data_sources: [lake.watched]}, grant: {level: read, to: "true"}}
                        ', source => 'watched')""");
        awaitLooks(1);
    }

    @AfterAll
    void close() throws SQLException {
        admin.execute("CALL policy.admin.remove('Policy', 'read-watched')");
        admin.execute("CALL policy.admin.remove('DataSource', 'lake.watched.person')");
        admin.execute("CALL policy.admin.remove('DataSource', 'lake.watched')");
        admin.execute("DROP SCHEMA lake.watched CASCADE");
        admin.close();
        alice.close();
    }

    @Test
    void testNoticedAndNeverSeenBefore() throws SQLException, InterruptedException {
        assertThat(alice.query("SELECT * FROM lake.watched.person").text()).contains("secret name", "45");
        admin.execute("ALTER TABLE elsewhere.watched.person ADD COLUMN salary varchar");
        admin.execute("ALTER TABLE elsewhere.watched.person RENAME COLUMN name TO full_name");
        admin.execute("ALTER TABLE elsewhere.watched.person ALTER COLUMN age SET DATA TYPE bigint");
        admin.execute("ALTER TABLE elsewhere.watched.person DROP COLUMN born");
        admin.execute("INSERT INTO elsewhere.watched.person VALUES (2, 'secret other', 46, 'secret salary')");
        admin.execute("CREATE TABLE elsewhere.watched.card AS SELECT 'secret pin' AS pin");

        assertNothingNewIsSeen();
        admin.execute("CALL policy.admin.run_fingerprint('lake.watched.person')");
        awaitLooks(2);
        assertThat(admin.query("SELECT kind, object, column_name, before, after FROM policy.metadata.schema_events "
                + "WHERE job_id IS NOT NULL AND object LIKE 'lake.watched.%' ORDER BY kind, column_name").rows()).containsExactly(
                        List.of("added-column", "lake.watched.person", "salary", "NULL", "varchar"),
                        List.of("created-table", "lake.watched.card", "NULL", "NULL", "NULL"),
                        List.of("dropped-column", "lake.watched.person", "born", "date", "NULL"),
                        List.of("renamed-column", "lake.watched.person", "name", "name", "full_name"),
                        List.of("retyped-column", "lake.watched.person", "age", "integer", "bigint"));
        assertNothingNewIsSeen();
    }

    @Test
    void testTableThatDidNotChangeIsNotMeasuredAgain() throws SQLException, InterruptedException {
        admin.execute("CREATE SCHEMA lake.measured");
        admin.execute("CREATE TABLE lake.measured.visit AS SELECT id FROM UNNEST(sequence(1, 500)) AS t (id)");
        admin.execute("""
                CALL policy.admin.apply(bundle => '
                {kind: DataSource, name: lake.measured.visit, approve_columns: all, fingerprint: {enabled: true}}
                ', source => 'measured')""");
        try {
            awaitMeasured(1, "1 columns of 500 rows, 0 drifted");
            admin.execute("CALL policy.admin.run_fingerprint('lake.measured.visit')");
            awaitMeasured(2, "unchanged since the last one, which counts on");
            admin.execute("INSERT INTO elsewhere.measured.visit VALUES 501");
            admin.execute("CALL policy.admin.run_fingerprint('lake.measured.visit')");
            awaitMeasured(3, "1 columns of 501 rows, 0 drifted");
            assertThat(admin.query("SELECT count(*), count(DISTINCT snapshot) FROM policy.metadata.fingerprints "
                    + "WHERE table_name = 'lake.measured.visit' AND column_name IS NULL").rows()).containsExactly(List.of("2", "2"));
        }
        finally {
            admin.execute("CALL policy.admin.remove('DataSource', 'lake.measured.visit')");
            admin.execute("DROP SCHEMA lake.measured CASCADE");
        }
    }

    private void awaitMeasured(int runs, String message) throws SQLException, InterruptedException {
        String newest = "SELECT message FROM policy.metadata.jobs WHERE kind = 'fingerprint' AND object = 'lake.measured.visit' "
                + "AND state <> 'running' ORDER BY job_id DESC";
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (admin.query(newest).rows().size() < runs) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(200);
        }
        assertThat(admin.query(newest).rows().getFirst()).containsExactly(message);
    }

    private void assertNothingNewIsSeen() throws SQLException {
        assertThat(alice.query("SELECT * FROM lake.watched.person ORDER BY id").rows())
                .containsExactly(List.of("1", "NULL", "NULL", "NULL"), List.of("2", "NULL", "NULL", "NULL"));
        assertThat(alice.query("SELECT * FROM lake.watched.card").rows()).containsExactly(List.of("NULL"));
    }

    private void awaitLooks(long count) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (admin.query("SELECT job_id FROM policy.metadata.jobs WHERE object = 'lake.watched' AND state = 'succeeded'").rows()
                .size() < count) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(200);
        }
    }
}
