package io.github.trinopolicy.commandline;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Answers what a test has told it, and remembers what it was asked.
final class TestingPolicyService implements PolicyService {
    private static final List<String> PLAN = ImmutableList.of("action", "kind", "name", "detail");

    final List<String> asked = new ArrayList<>();
    private Answer plan = new Answer(PLAN, ImmutableList.of());
    private Answer answer = new Answer(ImmutableList.of("document"), ImmutableList.of());
    private Optional<String> refusal = Optional.empty();

    TestingPolicyService plan(List<List<@Nullable String>> rows) {
        this.plan = new Answer(PLAN, rows);
        return this;
    }

    TestingPolicyService answer(List<String> columns, List<List<@Nullable String>> rows) {
        this.answer = new Answer(columns, rows);
        return this;
    }

    TestingPolicyService refuse(String message) {
        this.refusal = Optional.of(message);
        return this;
    }

    PolicyServices connecting() {
        return (address, login) -> {
            asked.add("connect %s as %s".formatted(address, login.user()));
            return this;
        };
    }

    @Override
    public UploadedBundle upload(String bundle, Progress progress) {
        asked.add("upload");
        progress.report(0, 2);
        progress.report(2, 2);
        return new UploadedBundle() {
            @Override
            public Plan plan(boolean prune, Optional<String> source) {
                asked.add("plan prune=%s source=%s".formatted(prune, source.orElse("none")));
                throwIfRefused(bundle);
                return new Plan(plan);
            }

            @Override
            public Answer impact(boolean prune, Optional<String> source) {
                asked.add("impact prune=%s source=%s".formatted(prune, source.orElse("none")));
                throwIfRefused(bundle);
                return answer;
            }

            @Override
            public long apply(boolean prune, String source, String reason) {
                asked.add("apply prune=%s source=%s reason=%s".formatted(prune, source, reason));
                return 12;
            }

            @Override
            public void close() {
                asked.add("forget");
            }
        };
    }

    private void throwIfRefused(String bundle) {
        refusal.ifPresent(message -> {
            throw new BundleRefusedException(message, new IllegalStateException(bundle));
        });
    }

    @Override
    public Answer explain(String user, String table, Optional<String> groups) {
        asked.add("explain %s %s %s".formatted(user, table, groups.orElse("none")));
        throwIfRefused("");
        return answer;
    }

    @Override
    public Answer export() {
        return answer;
    }

    @Override
    public void close() {
        asked.add("close");
    }
}
