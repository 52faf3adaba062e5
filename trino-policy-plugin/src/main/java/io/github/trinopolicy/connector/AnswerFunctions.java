package io.github.trinopolicy.connector;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.trino.spi.StandardErrorCode.GENERIC_USER_ERROR;
import static io.trino.spi.function.table.TableFunctionProcessorState.Finished.FINISHED;
import static io.trino.spi.function.table.TableFunctionProcessorState.Processed.produced;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.administration.BundleActions;
import io.github.trinopolicy.administration.Explanation;
import io.github.trinopolicy.audit.SampleAudit;
import io.github.trinopolicy.sample.SampleAuthorization;
import io.github.trinopolicy.sample.SampleReader;
import io.trino.spi.Page;
import io.trino.spi.PageBuilder;
import io.trino.spi.TrinoException;
import io.trino.spi.block.BlockBuilder;
import io.trino.spi.connector.ColumnHandle;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorSplit;
import io.trino.spi.connector.ConnectorSplitManager;
import io.trino.spi.connector.ConnectorSplitSource;
import io.trino.spi.connector.ConnectorTableCredentials;
import io.trino.spi.connector.ConnectorTableHandle;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.connector.Constraint;
import io.trino.spi.connector.FixedSplitSource;
import io.trino.spi.function.table.ConnectorTableFunction;
import io.trino.spi.function.table.ConnectorTableFunctionHandle;
import io.trino.spi.function.table.TableFunctionProcessorProvider;
import io.trino.spi.function.table.TableFunctionProcessorState;
import io.trino.spi.function.table.TableFunctionSplitProcessor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All answer functions: their signatures, their splits on the coordinator, and their rows wherever the splits go.
public final class AnswerFunctions implements ConnectorSplitManager, TableFunctionProcessorProvider {
    private static final int ROWS_PER_SPLIT = 1_000;

    private final List<AnswerFunction> functions;

    private AnswerFunctions(List<AnswerFunction> functions) {
        this.functions = ImmutableList.copyOf(functions);
    }

    public static AnswerFunctions onCoordinator(Authorization authorization, Explanation explanation, BundleActions actions,
            SampleAuthorization sampleAuthorization, SampleReader sampleReader, SampleAudit sampleAudit) {
        return new AnswerFunctions(ImmutableList.of(
                new ExplainFunction(false, authorization, explanation),
                new ExplainFunction(true, authorization, explanation),
                BundleFunction.plan(actions),
                BundleFunction.impact(actions),
                BundleFunction.export(actions),
                new SampleFunction(sampleAuthorization, sampleReader, sampleAudit)));
    }

    /// For workers, who only turn splits into rows.
    static AnswerFunctions none() {
        return new AnswerFunctions(ImmutableList.of());
    }

    Set<ConnectorTableFunction> tableFunctions() {
        return functions.stream().map(AnswerTableFunction::new).collect(toImmutableSet());
    }

    @Override
    public ConnectorSplitSource getSplits(ConnectorTransactionHandle transaction, ConnectorSession session,
            ConnectorTableFunctionHandle handle) {
        AnswerHandle call = (AnswerHandle) handle;
        AnswerFunction function = functions.stream()
                .filter(candidate -> candidate.schema().equals(call.schema()) && candidate.name().equals(call.name()))
                .findFirst()
                .orElseThrow();
        // asked again: what was planned may not be executed by somebody else
        function.authorize(session, call.arguments());
        if (!function.columns(session, call.arguments()).equals(call.columns())) {
            throw new TrinoException(GENERIC_USER_ERROR, "The columns have changed since the statement was analyzed: try again");
        }
        List<AnswerSplit> splits = Lists.partition(function.rows(session, call.arguments()), ROWS_PER_SPLIT).stream()
                .map(rows -> new AnswerSplit(ImmutableList.copyOf(rows)))
                .collect(toImmutableList());
        return new FixedSplitSource(splits);
    }

    @Override
    public ConnectorSplitSource getSplits(ConnectorTransactionHandle transaction, ConnectorSession session, ConnectorTableHandle table,
            Set<ColumnHandle> dynamicFilterColumns, Constraint constraint) {
        throw new IllegalStateException("the policy catalog has no tables with splits");
    }

    @Override
    public TableFunctionSplitProcessor getSplitProcessor(ConnectorSession session, ConnectorTableFunctionHandle handle,
            Optional<ConnectorTableCredentials> credentials, ConnectorSplit split) {
        return new SplitRows(((AnswerSplit) split).rows());
    }

    private static final class SplitRows implements TableFunctionSplitProcessor {
        private final List<List<@Nullable String>> rows;
        private boolean done;

        private SplitRows(List<List<@Nullable String>> rows) {
            this.rows = requireNonNull(rows, "rows is null");
        }

        @Override
        public TableFunctionProcessorState process() {
            if (done || rows.isEmpty()) {
                return FINISHED;
            }
            done = true;
            return produced(page());
        }

        private Page page() {
            PageBuilder page = new PageBuilder(rows.size(), Collections.nCopies(rows.getFirst().size(), VARCHAR));
            for (List<@Nullable String> row : rows) {
                page.declarePosition();
                for (int column = 0; column < row.size(); column++) {
                    BlockBuilder block = page.getBlockBuilder(column);
                    String value = row.get(column);
                    if (value == null) {
                        block.appendNull();
                    }
                    else {
                        VARCHAR.writeString(block, value);
                    }
                }
            }
            return page.build();
        }
    }
}
