package io.github.trinopolicy.policy;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;
import static org.antlr.v4.runtime.Token.DEFAULT_CHANNEL;
import static org.antlr.v4.runtime.Token.EOF;

import com.google.common.collect.ImmutableSet;
import io.trino.grammar.sql.SqlBaseLexer;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.ExecuteImmediate;
import io.trino.sql.tree.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;

/// A statement without what may be data: each literal is a `?`, and there are no comments. Names stay.
public final class RedactedStatement {
    private static final String REDACTED = "?";
    private static final Set<Integer> LITERALS = ImmutableSet.of(SqlBaseLexer.STRING, SqlBaseLexer.UNICODE_STRING,
            SqlBaseLexer.DOLLAR_STRING,
            SqlBaseLexer.BINARY_LITERAL, SqlBaseLexer.INTEGER_VALUE, SqlBaseLexer.DECIMAL_VALUE, SqlBaseLexer.DOUBLE_VALUE);

    private RedactedStatement() {
    }

    /// Empty for what Trino's parser does not take for a statement: of that nobody knows which parts are data.
    public static Optional<String> of(String sql) {
        requireNonNull(sql, "sql is null");
        try {
            Statement statement = new SqlParser().createStatement(sql);
            return statement instanceof ExecuteImmediate immediate
                    ? of(immediate.getStatement().getValue()).map("EXECUTE IMMEDIATE "::concat)
                    : Optional.of(redact(sql));
        }
        catch (ParsingException e) {
            return Optional.empty();
        }
    }

    private static String redact(String sql) {
        List<Token> tokens = new SqlBaseLexer(CharStreams.fromString(sql)).getAllTokens().stream()
                .map(Token.class::cast)
                .filter(token -> token.getChannel() == DEFAULT_CHANNEL && token.getType() != EOF)
                .collect(toImmutableList());
        StringBuilder redacted = new StringBuilder();
        int end = -1;
        for (Token token : tokens) {
            // whatever was between two tokens, comments among it, is one space
            if (end >= 0 && token.getStartIndex() > end + 1) {
                redacted.append(' ');
            }
            redacted.append(LITERALS.contains(token.getType()) ? REDACTED : token.getText());
            end = token.getStopIndex();
        }
        return redacted.toString();
    }
}
