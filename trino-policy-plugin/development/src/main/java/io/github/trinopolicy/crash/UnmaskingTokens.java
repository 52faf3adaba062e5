package io.github.trinopolicy.crash;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Joiner;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// Unmasks tokens that were seen before, of whatever key. Somebody must have read before.
record UnmaskingTokens(Account inspector, SeenValues seen, Findings findings) implements Act {
    private static final int MOST = 200;

    UnmaskingTokens {
        requireNonNull(inspector, "inspector is null");
        requireNonNull(seen, "seen is null");
        requireNonNull(findings, "findings is null");
    }

    @Override
    public String kind() {
        return "tokens unmasked";
    }

    @Override
    public void perform() throws SQLException {
        Map<String, String> tokens = seen.tokens(MOST);
        checkState(!tokens.isEmpty(), "no token was seen yet");
        Answer answer = inspector.ask("SELECT t, policy.functions.unmask('lake.crash.person.email', t) FROM (VALUES '%s') v(t)"
                .formatted(Joiner.on("', '").join(tokens.keySet())));
        inspector.ledger().unmasked(answer.queryId(), "lake.crash.person.email", tokens.size());
        if (answer.rows().size() != tokens.size()) {
            findings.add("query %s answered %s rows for %s tokens".formatted(answer.queryId(), answer.rows().size(), tokens.size()));
        }
        for (List<String> row : answer.rows()) {
            if (!row.get(1).equals(tokens.get(row.getFirst()))) {
                findings.add("query %s unmasked a token that was seen before to something else, or not at all".formatted(answer.queryId()));
            }
        }
    }
}
