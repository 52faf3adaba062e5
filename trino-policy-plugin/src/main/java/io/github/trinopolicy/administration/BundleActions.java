package io.github.trinopolicy.administration;

import static io.trino.spi.StandardErrorCode.INVALID_PROCEDURE_ARGUMENT;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.impact.ImpactAnalysis;
import io.github.trinopolicy.impact.ImpactRow;
import io.github.trinopolicy.model.Kind;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What calls do with bundles, and with all objects at once: who may do it. Thread-safe.
public final class BundleActions {
    private static final int MAXIMUM_PARTS = 10_000;

    private final PolicyAdministration administration;
    private final Authorization authorization;
    private final PlanWarnings warnings;
    private final ImpactAnalysis impact;
    private final Clock clock;

    public BundleActions(PolicyAdministration administration, Authorization authorization, PlanWarnings warnings,
            ImpactAnalysis impact, Clock clock) {
        this.administration = requireNonNull(administration, "administration is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
        this.warnings = requireNonNull(warnings, "warnings is null");
        this.impact = requireNonNull(impact, "impact is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    public void apply(ConnectorSession session, String bundle, boolean prune, @Nullable String source, @Nullable String reason) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "apply a bundle");
        administration.apply(session, Authorization.act(query, "apply", Optional.ofNullable(source), Optional.ofNullable(reason)),
                bundle, prune);
    }

    /// Undoes everything since a revision, as a new one.
    public void restore(ConnectorSession session, long revision) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "restore a revision");
        administration.restore(
                Authorization.act(query, "restore", Optional.empty(), Optional.of("back to revision " + revision)), revision);
    }

    /// Keeps a part of a bundle that is too long for one statement.
    ///
    /// @param part its place, from 1
    public void stage(ConnectorSession session, String bundleId, long part, String text) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "stage a bundle");
        if (part < 1 || part > MAXIMUM_PARTS) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, "part must be a number from 1 to %s".formatted(MAXIMUM_PARTS));
        }
        administration.stage(Authorization.act(query, "stage"), CallArguments.name("bundle_id", bundleId), (int) part, text);
    }

    /// Applies the parts that the same user staged, as one bundle and one version, and forgets them.
    public void applyStaged(ConnectorSession session, String bundleId, boolean prune, @Nullable String source, @Nullable String reason) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "apply a bundle");
        String author = query.asker().user();
        administration.apply(session, Authorization.act(query, "apply", Optional.ofNullable(source), Optional.ofNullable(reason)),
                administration.staged(author, bundleId),
                prune);
        administration.removeStaged(author, bundleId);
    }

    /// Forgets the parts that the same user staged, where they shall not be applied.
    public void unstage(ConnectorSession session, String bundleId) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "unstage a bundle");
        administration.unstage(Authorization.act(query, "unstage"), CallArguments.name("bundle_id", bundleId));
    }

    /// The parts that the asking user staged, put together.
    public String staged(ConnectorSession session, String bundleId) {
        requireReader(session);
        return administration.staged(authorization.query(session).asker().user(), bundleId);
    }

    /// Refuses who may not read all policies: only administrators and auditors may.
    public void requireReader(ConnectorSession session) {
        authorization.requireAuditor(authorization.query(session).asker(), "read all policies");
    }

    /// What applying the bundle would change, with warnings.
    ///
    /// @param source null: whose objects they are does not matter
    public List<PlannedChange> plan(ConnectorSession session, String bundle, boolean prune, @Nullable String source) {
        requireReader(session);
        Preview preview = administration.preview(session, bundle, prune, Optional.ofNullable(source));
        return ImmutableList.<PlannedChange>builder().addAll(preview.changes()).addAll(warnings.of(preview)).build();
    }

    /// Who would see what otherwise if the bundle were applied.
    ///
    /// @param source null: whose objects they are does not matter
    public List<ImpactRow> impact(ConnectorSession session, String bundle, boolean prune, @Nullable String source) {
        requireReader(session);
        return impact.analyze(administration.preview(session, bundle, prune, Optional.ofNullable(source)).change(), clock.instant()).rows();
    }

    /// All documents.
    public List<String> export(ConnectorSession session) {
        requireReader(session);
        return administration.export();
    }

    public void remove(ConnectorSession session, String kind, String name) {
        QueryContext query = authorization.query(session);
        authorization.requireAdministrator(query.asker(), "remove an object");
        Kind removed = Kind.fromDocumentName(kind)
                .orElseThrow(() -> new TrinoException(INVALID_PROCEDURE_ARGUMENT, "there is no kind %s%s".formatted(
                        Wording.quoted(kind), Wording.didYouMean(kind, Stream.of(Kind.values()).map(Kind::documentName).toList()))));
        administration.remove(Authorization.act(query, "remove"), removed,
                removed == Kind.DATA_SOURCE ? CallArguments.objectName(name).toString() : name);
    }
}
