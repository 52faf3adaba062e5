package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Asks Trino through its JDBC driver. Arguments are literals: those of prepared statements travel in HTTP headers, which are too short
/// for bundles.
final class TrinoPolicyService implements PolicyService {
    /// Well under `query.max-length` of Trino, which is a million characters by default.
    static final int MAX_LITERAL_LENGTH = 500_000;

    private final Connection connection;
    private final FailureSentences sentences;

    private TrinoPolicyService(Connection connection, FailureSentences sentences) {
        this.connection = requireNonNull(connection, "connection is null");
        this.sentences = requireNonNull(sentences, "sentences is null");
    }

    /// The driver connects with the first statement.
    static PolicyService connect(ServerAddress address, ServerLogin login) {
        FailureSentences sentences = new FailureSentences(address, login.user());
        Properties properties = new Properties();
        properties.putAll(login.properties());
        try {
            return new TrinoPolicyService(DriverManager.getConnection(address.jdbcUrl(), properties), sentences);
        }
        catch (SQLException e) {
            throw sentences.failure(e);
        }
    }

    @Override
    public UploadedBundle upload(String bundle, Progress progress) {
        if (literal(bundle).length() <= MAX_LITERAL_LENGTH) {
            return new WholeBundle(bundle);
        }
        StagedBundle staged = new StagedBundle(UUID.randomUUID().toString());
        try {
            staged.stage(parts(bundle), progress);
            return staged;
        }
        catch (RuntimeException e) {
            staged.closeAfter(e);
            throw e;
        }
    }

    @Override
    public Answer explain(String user, String table, Optional<String> groups) {
        return query("SELECT * FROM TABLE(policy.admin.explain(user_name => %s, table_name => %s, groups => %s))".formatted(literal(user),
                literal(table), groups.map(TrinoPolicyService::literal).orElse("NULL")));
    }

    @Override
    public Answer export() {
        return query("SELECT * FROM TABLE(policy.admin.export())");
    }

    @Override
    public void close() {
        try {
            connection.close();
        }
        catch (SQLException e) {
            throw sentences.failure(e);
        }
    }

    /// @param bundle the argument that says which
    private Answer preview(String function, String bundle, boolean prune, Optional<String> source) {
        return query("SELECT * FROM TABLE(policy.admin.%s(%s, prune => %s, source => %s))".formatted(function, bundle, prune,
                source.map(TrinoPolicyService::literal).orElse("NULL")));
    }

    private long version() {
        Answer answer = query("SELECT CAST(version AS varchar) AS version FROM policy.metadata.snapshot_status");
        return answer.value(answer.rows().getFirst(), "version").map(Long::valueOf).orElseThrow();
    }

    private Answer query(String sql) {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            int count = rows.getMetaData().getColumnCount();
            ImmutableList.Builder<String> columns = ImmutableList.builder();
            for (int column = 1; column <= count; column++) {
                columns.add(rows.getMetaData().getColumnLabel(column));
            }
            List<List<@Nullable String>> values = new ArrayList<>();
            while (rows.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int column = 1; column <= count; column++) {
                    row.add(rows.getString(column));
                }
                values.add(row);
            }
            return new Answer(columns.build(), values);
        }
        catch (SQLException e) {
            throw sentences.failure(e);
        }
    }

    private void call(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        catch (SQLException e) {
            throw sentences.failure(e);
        }
    }

    /// Pieces whose literals are no longer than [#MAX_LITERAL_LENGTH]; none ends within a character.
    static List<String> parts(String bundle) {
        ImmutableList.Builder<String> parts = ImmutableList.builder();
        int start = 0;
        while (start < bundle.length()) {
            int end = start;
            int length = 2;
            while (end < bundle.length()) {
                int codePoint = bundle.codePointAt(end);
                int more = codePoint == '\'' ? 2 : Character.charCount(codePoint);
                if (length + more > MAX_LITERAL_LENGTH) {
                    break;
                }
                length += more;
                end += Character.charCount(codePoint);
            }
            parts.add(bundle.substring(start, end));
            start = end;
        }
        return parts.build();
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private final class WholeBundle implements UploadedBundle {
        private final String literal;

        private WholeBundle(String bundle) {
            this.literal = literal(bundle);
        }

        @Override
        public Plan plan(boolean prune, Optional<String> source) {
            return new Plan(preview("plan", "bundle => " + literal, prune, source));
        }

        @Override
        public Answer impact(boolean prune, Optional<String> source) {
            return preview("impact", "bundle => " + literal, prune, source);
        }

        @Override
        public long apply(boolean prune, String source, String reason) {
            call("CALL policy.admin.apply(bundle => %s, prune => %s, source => %s, reason => %s)".formatted(literal, prune,
                    literal(source), literal(reason)));
            return version();
        }

        @Override
        public void close() {
            // the server keeps nothing
        }
    }

    private final class StagedBundle implements UploadedBundle {
        private final String id;
        private boolean kept = true;

        /// @param id random, so that nobody else's parts come between these
        private StagedBundle(String id) {
            this.id = requireNonNull(id, "id is null");
        }

        private void stage(List<String> parts, Progress progress) {
            for (int i = 0; i < parts.size(); i++) {
                progress.report(i, parts.size());
                call("CALL policy.admin.stage(bundle_id => '%s', part => %s, text => %s)".formatted(id, i + 1, literal(parts.get(i))));
            }
            progress.report(parts.size(), parts.size());
        }

        @Override
        public Plan plan(boolean prune, Optional<String> source) {
            return new Plan(preview("plan", "bundle_id => '%s'".formatted(id), prune, source));
        }

        @Override
        public Answer impact(boolean prune, Optional<String> source) {
            return preview("impact", "bundle_id => '%s'".formatted(id), prune, source);
        }

        @Override
        public long apply(boolean prune, String source, String reason) {
            call("CALL policy.admin.apply_staged(bundle_id => '%s', prune => %s, source => %s, reason => %s)".formatted(id, prune,
                    literal(source), literal(reason)));
            kept = false;
            return version();
        }

        @Override
        public void close() {
            if (kept) {
                call("CALL policy.admin.unstage(bundle_id => '%s')".formatted(id));
                kept = false;
            }
        }

        private void closeAfter(RuntimeException failure) {
            try {
                close();
            }
            catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
    }
}
