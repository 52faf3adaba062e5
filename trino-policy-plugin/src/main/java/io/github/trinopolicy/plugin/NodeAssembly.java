package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.io.Closer;
import io.github.trinopolicy.administration.Authorization;
import io.github.trinopolicy.administration.BundleActions;
import io.github.trinopolicy.administration.CurrentProjects;
import io.github.trinopolicy.administration.DataKeyMaker;
import io.github.trinopolicy.administration.EntitlementActions;
import io.github.trinopolicy.administration.EventualRegistry;
import io.github.trinopolicy.administration.Explanation;
import io.github.trinopolicy.administration.JobActions;
import io.github.trinopolicy.administration.KeyActions;
import io.github.trinopolicy.administration.KeyFilling;
import io.github.trinopolicy.administration.KeyRewrapping;
import io.github.trinopolicy.administration.KeyRollover;
import io.github.trinopolicy.administration.KeyUpkeep;
import io.github.trinopolicy.administration.PlanWarnings;
import io.github.trinopolicy.administration.PolicyAdministration;
import io.github.trinopolicy.administration.RenameHistory;
import io.github.trinopolicy.administration.StewardActions;
import io.github.trinopolicy.administration.TableDescriber;
import io.github.trinopolicy.attributes.AttributeSourceReader;
import io.github.trinopolicy.audit.AuditConfig;
import io.github.trinopolicy.audit.AuditFile;
import io.github.trinopolicy.audit.AuditSink;
import io.github.trinopolicy.audit.AuditUpkeep;
import io.github.trinopolicy.audit.FiledActs;
import io.github.trinopolicy.audit.QueuedAuditLog;
import io.github.trinopolicy.audit.SampleAudit;
import io.github.trinopolicy.audit.StoreUnmaskAudit;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.connector.AdminProcedures;
import io.github.trinopolicy.connector.AnswerFunctions;
import io.github.trinopolicy.connector.MetadataTables;
import io.github.trinopolicy.connector.PolicyConnector;
import io.github.trinopolicy.connector.SessionProcedures;
import io.github.trinopolicy.decision.PolicyCompiler;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.enforcement.DecisionMeter;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.enforcement.PolicyConfig;
import io.github.trinopolicy.enforcement.QueryRegistry;
import io.github.trinopolicy.enforcement.Roles;
import io.github.trinopolicy.enforcement.ServiceUser;
import io.github.trinopolicy.impact.ImpactAnalysis;
import io.github.trinopolicy.keyring.KeyCacheConfig;
import io.github.trinopolicy.keyring.KeyRolloverConfig;
import io.github.trinopolicy.keyring.StoreKeyRing;
import io.github.trinopolicy.keys.KeyEncryptionConfig;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.KeyProviderFactory;
import io.github.trinopolicy.keys.KmsConfig;
import io.github.trinopolicy.masking.MaskCatalogue;
import io.github.trinopolicy.masking.MaskingFunctions;
import io.github.trinopolicy.monitoring.DataSourceHealth;
import io.github.trinopolicy.monitoring.FingerprintRunner;
import io.github.trinopolicy.monitoring.SchemaMonitor;
import io.github.trinopolicy.monitoring.ServiceReader;
import io.github.trinopolicy.sample.SampleAuthorization;
import io.github.trinopolicy.sample.SampleReader;
import io.github.trinopolicy.sample.SampleSecretActions;
import io.github.trinopolicy.schedule.Scheduler;
import io.github.trinopolicy.schedule.Task;
import io.github.trinopolicy.service.ServiceClient;
import io.github.trinopolicy.service.ServiceConfig;
import io.github.trinopolicy.snapshot.KeyProbe;
import io.github.trinopolicy.snapshot.NodeIdentity;
import io.github.trinopolicy.snapshot.NodeReporter;
import io.github.trinopolicy.snapshot.SnapshotRefresher;
import io.github.trinopolicy.snapshot.StoreWait;
import io.github.trinopolicy.snapshot.StoreWatcher;
import io.github.trinopolicy.snapshot.WorkerView;
import io.github.trinopolicy.store.ActListener;
import io.github.trinopolicy.store.PolicyStore;
import io.github.trinopolicy.store.PolicyStoreFactory;
import io.github.trinopolicy.store.StoreConfig;
import io.github.trinopolicy.unmask.PublishedUnmaskRights;
import io.github.trinopolicy.unmask.StoreUnmaskAuthority;
import io.github.trinopolicy.unmask.UnmaskUses;
import io.github.trinopolicy.valueset.PublishedSets;
import io.github.trinopolicy.valueset.StoreValueSets;
import io.trino.spi.connector.ConnectorContext;
import io.trino.spi.type.Type;
import io.trino.spi.type.TypeNotFoundException;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Puts the services of one node together, in the order in which they need each other, and takes them apart in the reverse order.
final class NodeAssembly {
    // a look at what is in memory; only what is new is written. With the refresh interval it must stay below a second
    private static final Duration REPORT_INTERVAL = Duration.ofMillis(100);
    private static final Duration KEY_UPKEEP_INTERVAL = Duration.ofMinutes(1);
    private static final Duration AUDIT_UPKEEP_INTERVAL = Duration.ofMinutes(10);
    // shorter, so that keys are wrapped anew only under a key-encryption key that all nodes have tried
    private static final Duration KEY_PROBE_INTERVAL = Duration.ofSeconds(20);
    // a set is written while a query is planned; a large one takes a second or two
    private static final StoreWait WAIT = new StoreWait(Duration.ofSeconds(10));

    private final NodeIdentity node;
    private final ConnectorContext context;
    private final InstalledNodes nodes;
    private final StoreConfig storeConfig;
    private final KeyEncryptionConfig keyConfig;
    private final KmsConfig kmsConfig;
    private final Duration keyMaxAge;
    private final Duration keyRolloverInterval;
    private final PolicyConfig policyConfig;
    private final ServiceConfig serviceConfig;
    private final AuditConfig auditConfig;

    @Inject
    NodeAssembly(NodeIdentity node, ConnectorContext context, InstalledNodes nodes, StoreConfig storeConfig, KeyEncryptionConfig keyConfig,
            KmsConfig kmsConfig, KeyCacheConfig keyCacheConfig, KeyRolloverConfig keyRolloverConfig, PolicyConfig policyConfig,
            ServiceConfig serviceConfig, AuditConfig auditConfig) {
        this.node = requireNonNull(node, "node is null");
        this.context = requireNonNull(context, "context is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
        this.storeConfig = requireNonNull(storeConfig, "storeConfig is null");
        this.keyConfig = requireNonNull(keyConfig, "keyConfig is null");
        this.kmsConfig = requireNonNull(kmsConfig, "kmsConfig is null");
        this.keyMaxAge = keyCacheConfig.getMaxAge().toJavaTime();
        this.keyRolloverInterval = keyRolloverConfig.getInterval().toJavaTime();
        this.policyConfig = requireNonNull(policyConfig, "policyConfig is null");
        this.serviceConfig = requireNonNull(serviceConfig, "serviceConfig is null");
        this.auditConfig = requireNonNull(auditConfig, "auditConfig is null");
    }

    PolicyConnector connector() {
        Closer closer = Closer.create();
        try {
            closer.register(() -> nodes.release(node));
            KeyProvider keyProvider = new KeyProviderFactory(keyConfig, kmsConfig).create();
            closer.register(keyProvider::close);
            return node.coordinator() ? coordinator(keyProvider, closer) : worker(keyProvider, closer);
        }
        catch (RuntimeException e) {
            close(closer);
            throw e;
        }
    }

    private PolicyConnector coordinator(KeyProvider keyProvider, Closer closer) {
        Clock clock = Clock.systemUTC();
        PolicyStoreFactory storeFactory = new PolicyStoreFactory(storeConfig);
        Optional<AuditFile> auditFile = auditFile();
        PolicyStore store = storeFactory.migrateAndOpen(auditFile.<ActListener>map(FiledActs::new).orElse(ActListener.NONE));
        closer.register(store::close);
        StoreKeyRing keyRing = keyRing(store, keyProvider, closer);

        SnapshotRefresher snapshots = new SnapshotRefresher(store, new BundleReader(), new PolicyCompiler(), refreshInterval(),
                policyConfig.getMaxStaleness().toJavaTime(), Ticker.systemTicker());
        closer.register(snapshots::close);
        snapshots.latest().anyKey().ifPresent(keyRing::get);
        closer.register(storeFactory.listen(snapshots::refreshSoon)::close);
        snapshots.start();

        EnforcementSwitch enforcementSwitch = new EnforcementSwitch();
        closer.register(enforcementSwitch::close);
        enforcementSwitch.start();
        KeyProbe keyProbe = keyProbe(store, keyProvider, closer);
        NodeReporter reporter = new NodeReporter(store, storeConfig.getCluster(), node, keyProvider, keyProbe::problem, snapshots::version,
                enforcementSwitch::isOn, REPORT_INTERVAL, clock);
        closer.register(reporter::close);
        reporter.start();

        MaskCatalogue catalogue = new MaskCatalogue();
        StoreValueSets valueSets = new StoreValueSets(store, node.id(), WAIT);
        PublishedSets publishedSets = new PublishedSets(store, valueSets, Ticker.systemTicker());
        closer.register(publishedSets::close);
        publishedSets.start();
        PolicyEvaluator evaluator = new PolicyEvaluator(catalogue, PolicyCatalog.NAME, policyConfig.getTimeZone(), publishedSets);
        // decides for many users whom nobody queries as
        PolicyEvaluator previewer = new PolicyEvaluator(catalogue, PolicyCatalog.NAME, policyConfig.getTimeZone());
        Roles roles = new Roles(policyConfig);
        ServiceUser serviceUser = new ServiceUser(serviceConfig.getUser());
        QueryRegistry queries = new QueryRegistry(snapshots, roles, clock, serviceUser);
        DataKeyMaker keyMaker = new DataKeyMaker(keyProvider);
        KeyUpkeep keyUpkeep = new KeyUpkeep(store.leadership("keys"), new KeyFilling(store, snapshots, keyMaker),
                new KeyRollover(store, keyMaker, keyRolloverInterval), new KeyRewrapping(store, keyProvider), KEY_UPKEEP_INTERVAL);
        closer.register(keyUpkeep::close);
        keyUpkeep.start();
        EventualRegistry objects = new EventualRegistry(store, snapshots, keyMaker, context.getTypeManager());
        closer.register(objects::close);
        AuditSink auditSink = new AuditSink(store.audit(), node.id(), auditFile);
        PublishedUnmaskRights unmaskRights = new PublishedUnmaskRights(store, queries, snapshots, previewer, this::type, refreshInterval());
        closer.register(unmaskRights::close);
        unmaskRights.start();
        DecisionMeter meter = new DecisionMeter(Ticker.systemTicker());
        Optional<QueuedAuditLog> auditLog = auditLog(store, auditSink, closer, clock);
        closer.register(ExportedMetrics
                .ofCoordinator(ExportedMetrics.ofEachNode(snapshots.watcher(), snapshots::version, keyRing), meter, auditLog)
                .export(node.id(), context.getOpenTelemetry())::close);
        nodes.install(node, new CoordinatorServices(queries, evaluator, roles, policyConfig, objects, unmaskRights, enforcementSwitch,
                auditLog.map(log -> log), auditConfig.getQueryText(), meter));

        ServiceClient serviceClient = new ServiceClient(serviceConfig, ownUrl());
        AttributeSourceReader attributeSources = new AttributeSourceReader(store, snapshots, serviceUser, serviceClient, new BundleReader(),
                clock);
        ServiceReader serviceReader = new ServiceReader(serviceUser, serviceClient);
        SchemaMonitor schemaMonitor = new SchemaMonitor(store, snapshots, serviceReader);
        FingerprintRunner fingerprints = new FingerprintRunner(store, snapshots, serviceReader, clock);
        Scheduler scheduler = new Scheduler(() -> tasks(attributeSources, schemaMonitor, fingerprints), store.jobs(),
                store.leadership("schedule"), node.id(), enforcementSwitch::isOn, serviceConfig.getConcurrency(), clock,
                () -> ThreadLocalRandom.current().nextDouble());
        closer.register(scheduler::close);
        scheduler.start();

        Authorization authorization = new Authorization(queries, roles, enforcementSwitch::isOn, meter::refused);
        TableDescriber describer = new TableDescriber(context.getMetadataProvider());
        PolicyAdministration administration = new PolicyAdministration(store, snapshots, describer, new DataKeyMaker(keyProvider),
                catalogue,
                context.getTypeManager());
        Explanation explanation = new Explanation(evaluator, roles, requireNonNull(policyConfig.getUngovernedTables()), describer, clock);
        ImpactAnalysis impact = new ImpactAnalysis(previewer, roles::isExempt, requireNonNull(policyConfig.getUngovernedTables()),
                context.getTypeManager()::fromSqlType, ImpactAnalysis.Limits.DEFAULT);
        BundleActions bundles = new BundleActions(administration, authorization,
                new PlanWarnings(previewer, context.getTypeManager()::fromSqlType, new RenameHistory(store)), impact, clock);
        JobActions jobs = new JobActions(store.jobs(), authorization, serviceConfig.isEnabled());
        SampleAudit sampleAudit = new SampleAudit(auditSink, clock);
        SampleAuthorization sampleAuthorization = new SampleAuthorization(authorization, queries, snapshots, store.sampleSecrets(),
                sampleAudit, Ticker.systemTicker());
        return PolicyConnector.onCoordinator(new MaskingFunctions(keyRing, valueSets, unmaskAuthority(store, auditSink, closer)),
                AnswerFunctions.onCoordinator(authorization, explanation, bundles, sampleAuthorization,
                        new SampleReader(describer, serviceUser, serviceClient), sampleAudit),
                new AdminProcedures(bundles, new StewardActions(administration, authorization),
                        new EntitlementActions(administration, authorization), jobs,
                        new KeyActions(store, snapshots, keyMaker, authorization),
                        new SampleSecretActions(store.sampleSecrets(), sampleAuthorization)),
                new SessionProcedures(new CurrentProjects(store, snapshots, authorization)),
                new MetadataTables(store, snapshots, authorization, enforcementSwitch::isOn, jobs, keyProvider.id(), clock,
                        new DataSourceHealth(store, serviceConfig.isEnabled(), clock)),
                () -> close(closer));
    }

    private List<Task> tasks(AttributeSourceReader attributeSources, SchemaMonitor schemaMonitor, FingerprintRunner fingerprints) {
        return serviceConfig.isEnabled()
                ? ImmutableList.<Task>builder().addAll(attributeSources.tasks()).addAll(schemaMonitor.tasks()).addAll(fingerprints.tasks())
                        .build()
                : attributeSources.tasks();
    }

    private PolicyConnector worker(KeyProvider keyProvider, Closer closer) {
        PolicyStore store = new PolicyStoreFactory(storeConfig).awaitMigrationAndOpen();
        closer.register(store::close);
        StoreKeyRing keyRing = keyRing(store, keyProvider, closer);
        WorkerView view = new WorkerView(store);
        StoreWatcher watcher = new StoreWatcher(view::refresh, refreshInterval(), Ticker.systemTicker());
        closer.register(watcher::close);
        watcher.start();
        closer.register(ExportedMetrics.ofEachNode(watcher, view::version, keyRing).export(node.id(), context.getOpenTelemetry())::close);
        KeyProbe keyProbe = keyProbe(store, keyProvider, closer);
        NodeReporter reporter = new NodeReporter(store, storeConfig.getCluster(), node, keyProvider, keyProbe::problem, view::version,
                () -> false,
                REPORT_INTERVAL, Clock.systemUTC());
        closer.register(reporter::close);
        reporter.start();
        AuditSink auditSink = new AuditSink(store.audit(), node.id(), auditFile());
        return PolicyConnector.onWorker(new MaskingFunctions(keyRing, new StoreValueSets(store, node.id(), WAIT),
                unmaskAuthority(store, auditSink, closer)),
                () -> close(closer));
    }

    private Optional<AuditFile> auditFile() {
        return auditConfig.getFile().map(path -> new AuditFile(path, node.id()));
    }

    /// Empty where queries and denials are not recorded.
    private Optional<QueuedAuditLog> auditLog(PolicyStore store, AuditSink auditSink, Closer closer, Clock clock) {
        AuditUpkeep upkeep = new AuditUpkeep(store.audit(), store.schemaHistory(), store.leadership("audit"),
                auditConfig.getRetention().toJavaTime(),
                AUDIT_UPKEEP_INTERVAL);
        closer.register(upkeep::close);
        upkeep.start();
        if (!auditConfig.isEnabled()) {
            return Optional.empty();
        }
        QueuedAuditLog log = new QueuedAuditLog(auditSink, auditConfig, clock);
        closer.register(log::close);
        log.start();
        return Optional.of(log);
    }

    private static KeyProbe keyProbe(PolicyStore store, KeyProvider keyProvider, Closer closer) {
        KeyProbe keyProbe = new KeyProbe(store, keyProvider, KEY_PROBE_INTERVAL);
        closer.register(keyProbe::close);
        keyProbe.start();
        return keyProbe;
    }

    private StoreKeyRing keyRing(PolicyStore store, KeyProvider keyProvider, Closer closer) {
        StoreKeyRing keyRing = new StoreKeyRing(store, keyProvider, node.id(), keyMaxAge);
        closer.register(keyRing::close);
        return keyRing;
    }

    private StoreUnmaskAuthority unmaskAuthority(PolicyStore store, AuditSink auditSink, Closer closer) {
        UnmaskUses uses = new UnmaskUses(new StoreUnmaskAudit(auditSink, Clock.systemUTC()));
        closer.register(uses::close);
        uses.start();
        return new StoreUnmaskAuthority(store, context.getTypeManager(), uses, node.id(), policyConfig.getMaxStaleness().toJavaTime(),
                WAIT, Ticker.systemTicker());
    }

    /// Empty for a type that is gone, such as one of a plugin.
    private Optional<Type> type(String displayName) {
        try {
            return Optional.of(context.getTypeManager().fromSqlType(displayName));
        }
        catch (TypeNotFoundException e) {
            return Optional.empty();
        }
    }

    /// The address by which workers reach it; they speak HTTP unless the cluster is configured otherwise.
    private URI ownUrl() {
        return URI.create("http://" + context.getCurrentNode().getHostAndPort());
    }

    private Duration refreshInterval() {
        return policyConfig.getRefreshInterval().toJavaTime();
    }

    private static void close(Closer closer) {
        try {
            closer.close();
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
