package io.github.trinopolicy.crash;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.development.Cluster;
import io.trino.jdbc.TrinoStatement;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A user of the cluster, who connects anew for each statement. Thread-safe.
///
/// @param ledger remembers what was answered
record Account(Cluster cluster, String user, Ledger ledger) {
    Account {
        requireNonNull(cluster, "cluster is null");
        requireNonNull(user, "user is null");
        requireNonNull(ledger, "ledger is null");
    }

    /// Runs a query or a call to its end.
    Answer ask(String sql) throws SQLException {
        // the driver tells it again and again, on a thread of its own
        Set<String> queryIds = ConcurrentHashMap.newKeySet();
        List<List<String>> rows;
        try (Connection connection = cluster.connect(user);
                TrinoStatement statement = connection.createStatement().unwrap(TrinoStatement.class)) {
            statement.setProgressMonitor(stats -> queryIds.add(stats.getQueryId()));
            rows = statement.execute(sql) ? Answer.rows(statement.getResultSet()) : ImmutableList.of();
        }
        checkState(queryIds.size() == 1, "the driver told of the queries %s", queryIds);
        Answer answer = new Answer(queryIds.iterator().next(), rows);
        ledger.answered(answer.queryId());
        return answer;
    }
}
