package io.github.trinopolicy.connector;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static io.github.trinopolicy.snapshot.PolicyErrorCode.POLICY_STORE_ERROR;
import static io.trino.spi.StandardErrorCode.INVALID_PROCEDURE_ARGUMENT;
import static io.trino.spi.type.BigintType.BIGINT;
import static io.trino.spi.type.BooleanType.BOOLEAN;
import static io.trino.spi.type.VarcharType.VARCHAR;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.administration.BundleActions;
import io.github.trinopolicy.administration.EntitlementActions;
import io.github.trinopolicy.administration.JobActions;
import io.github.trinopolicy.administration.KeyActions;
import io.github.trinopolicy.administration.NoSuchJobException;
import io.github.trinopolicy.administration.StewardActions;
import io.github.trinopolicy.bundle.BundleException;
import io.github.trinopolicy.bundle.CharacterRules;
import io.github.trinopolicy.enforcement.PolicyCatalog;
import io.github.trinopolicy.keys.KeyWrappingException;
import io.github.trinopolicy.sample.SampleSecretActions;
import io.github.trinopolicy.store.PolicyStoreException;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.procedure.Procedure;
import io.trino.spi.procedure.Procedure.Argument;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The procedures of the schema `policy.admin`. Trino calls the methods by handle, with NULL where the caller wrote it.
public final class AdminProcedures {
    private final BundleActions bundles;
    private final StewardActions stewards;
    private final EntitlementActions entitlements;
    private final JobActions jobs;
    private final KeyActions keys;
    private final SampleSecretActions sampleSecrets;

    public AdminProcedures(BundleActions bundles, StewardActions stewards, EntitlementActions entitlements, JobActions jobs,
            KeyActions keys, SampleSecretActions sampleSecrets) {
        this.bundles = requireNonNull(bundles, "bundles is null");
        this.stewards = requireNonNull(stewards, "stewards is null");
        this.entitlements = requireNonNull(entitlements, "entitlements is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.keys = requireNonNull(keys, "keys is null");
        this.sampleSecrets = requireNonNull(sampleSecrets, "sampleSecrets is null");
    }

    public Set<Procedure> procedures() {
        return ImmutableSet.of(
                procedure("apply", "apply",
                        List.of(required("bundle"), new Argument("PRUNE", BOOLEAN, false, false), optional("source"), optional("reason"))),
                procedure("register", "register", List.of(required("object"))),
                procedure("add_tag", "addTag", List.of(required("object"), required("tag"))),
                procedure("approve_column", "approveColumn", List.of(required("table_name"), required("column_name"))),
                procedure("set_attribute", "setAttribute",
                        List.of(required("user_name"), required("name"), required("value"), optional("expires"))),
                procedure("add_group_member", "addGroupMember", List.of(required("group_name"), required("member"))),
                procedure("restore", "restore", List.of(new Argument("REVISION", BIGINT))),
                procedure("stage", "stage", List.of(required("bundle_id"), new Argument("PART", BIGINT), required("text"))),
                procedure("unstage", "unstage", List.of(required("bundle_id"))),
                procedure("apply_staged", "applyStaged",
                        List.of(required("bundle_id"), new Argument("PRUNE", BOOLEAN, false, false), optional("source"),
                                optional("reason"))),
                procedure("rotate_keys", "rotateKeys", List.of(required("object"), required("family"))),
                procedure("destroy_key", "destroyKey", List.of(required("id"), required("confirm"))),
                procedure("remove", "remove", List.of(required("kind"), required("name"))),
                procedure("unregister", "unregister", List.of(required("object"))),
                procedure("remove_tag", "removeTag", List.of(required("object"), required("tag"))),
                procedure("unset_attribute", "unsetAttribute", List.of(required("user_name"), required("name"), optional("value"))),
                procedure("remove_group_member", "removeGroupMember", List.of(required("group_name"), required("member"))),
                procedure("run_fingerprint", "runFingerprint", List.of(required("table_name"))),
                procedure("cancel_job", "cancelJob", List.of(new Argument("ID", BIGINT))),
                procedure("set_sample_secret", "setSampleSecret", List.of(required("object"), optional("secret"))));
    }

    public void apply(@Nullable String bundle, boolean prune, @Nullable String source, @Nullable String reason, ConnectorSession session) {
        run(() -> bundles.apply(session, given("bundle", bundle), prune, optional("source", source), optional("reason", reason)));
    }

    public void register(@Nullable String object, ConnectorSession session) {
        run(() -> stewards.register(session, given("object", object)));
    }

    public void addTag(@Nullable String object, @Nullable String tag, ConnectorSession session) {
        run(() -> stewards.addTag(session, given("object", object), given("tag", tag)));
    }

    public void approveColumn(@Nullable String table, @Nullable String column, ConnectorSession session) {
        run(() -> stewards.approveColumn(session, given("table_name", table), given("column_name", column)));
    }

    public void setAttribute(@Nullable String user, @Nullable String name, @Nullable String value, @Nullable String expires,
            ConnectorSession session) {
        run(() -> entitlements.setAttribute(session, given("user_name", user), given("name", name), given("value", value),
                optional("expires", expires)));
    }

    public void addGroupMember(@Nullable String group, @Nullable String member, ConnectorSession session) {
        run(() -> entitlements.addGroupMember(session, given("group_name", group), given("member", member)));
    }

    public void restore(long revision, ConnectorSession session) {
        run(() -> bundles.restore(session, revision));
    }

    public void stage(@Nullable String bundleId, long part, @Nullable String text, ConnectorSession session) {
        run(() -> bundles.stage(session, given("bundle_id", bundleId), part, given("text", text)));
    }

    public void unstage(@Nullable String bundleId, ConnectorSession session) {
        run(() -> bundles.unstage(session, given("bundle_id", bundleId)));
    }

    public void applyStaged(@Nullable String bundleId, boolean prune, @Nullable String source,
            @Nullable String reason, ConnectorSession session) {
        run(() -> bundles.applyStaged(session, given("bundle_id", bundleId), prune, optional("source", source),
                optional("reason", reason)));
    }

    public void remove(@Nullable String kind, @Nullable String name, ConnectorSession session) {
        run(() -> bundles.remove(session, given("kind", kind), given("name", name)));
    }

    public void unregister(@Nullable String object, ConnectorSession session) {
        run(() -> stewards.unregister(session, given("object", object)));
    }

    public void removeTag(@Nullable String object, @Nullable String tag, ConnectorSession session) {
        run(() -> stewards.removeTag(session, given("object", object), given("tag", tag)));
    }

    public void unsetAttribute(@Nullable String user, @Nullable String name, @Nullable String value, ConnectorSession session) {
        run(() -> entitlements.unsetAttribute(session, given("user_name", user), given("name", name), optional("value", value)));
    }

    public void removeGroupMember(@Nullable String group, @Nullable String member, ConnectorSession session) {
        run(() -> entitlements.removeGroupMember(session, given("group_name", group), given("member", member)));
    }

    public void runFingerprint(@Nullable String table, ConnectorSession session) {
        run(() -> jobs.lookNow(session, given("table_name", table)));
    }

    public void cancelJob(long id, ConnectorSession session) {
        run(() -> jobs.cancel(session, id));
    }

    public void rotateKeys(@Nullable String object, @Nullable String family, ConnectorSession session) {
        run(() -> keys.rotate(session, given("object", object), given("family", family)));
    }

    public void destroyKey(@Nullable String id, @Nullable String confirm, ConnectorSession session) {
        run(() -> keys.destroy(session, given("id", id), given("confirm", confirm)));
    }

    public void setSampleSecret(@Nullable String object, @Nullable String secret, ConnectorSession session) {
        run(() -> sampleSecrets.set(session, given("object", object), Optional.ofNullable(secret)));
    }

    private static String given(String argument, @Nullable String value) {
        if (value == null) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, "Argument %s must not be NULL".formatted(argument));
        }
        return storable(argument, value);
    }

    /// @return `value`; NULL where the caller wrote NULL
    @Nullable
    private static String optional(String argument, @Nullable String value) {
        return value == null ? null : storable(argument, value);
    }

    private static String storable(String argument, String value) {
        OptionalInt offset = CharacterRules.firstUnstorable(value);
        if (offset.isPresent()) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, "Argument %s holds the character U+%04X, which cannot be stored: remove it"
                    .formatted(argument, (int) value.charAt(offset.getAsInt())));
        }
        return value;
    }

    private static void run(Runnable action) {
        try {
            action.run();
        }
        catch (BundleException | NoSuchJobException e) {
            throw new TrinoException(INVALID_PROCEDURE_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
        catch (PolicyStoreException | KeyWrappingException | IllegalStateException e) {
            throw new TrinoException(POLICY_STORE_ERROR, String.valueOf(e.getMessage()), e);
        }
    }

    private Procedure procedure(String name, String method, List<Argument> arguments) {
        List<Class<?>> parameters = arguments.stream().<Class<?>>map(AdminProcedures::parameterType).collect(toImmutableList());
        // the session last: Trino looks for parameters that cannot be NULL by the positions of the arguments
        MethodType type = MethodType.methodType(void.class, parameters).appendParameterTypes(ConnectorSession.class);
        try {
            MethodHandle handle = MethodHandles.lookup().findVirtual(AdminProcedures.class, method, type).bindTo(this);
            return new Procedure(PolicyCatalog.ADMIN_SCHEMA, name, arguments, handle);
        }
        catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no method for procedure " + name, e);
        }
    }

    private static Class<?> parameterType(Argument argument) {
        if (argument.getType().equals(BOOLEAN)) {
            return boolean.class;
        }
        return argument.getType().equals(BIGINT) ? long.class : String.class;
    }

    private static Argument required(String name) {
        return new Argument(name.toUpperCase(ENGLISH), VARCHAR);
    }

    private static Argument optional(String name) {
        return new Argument(name.toUpperCase(ENGLISH), VARCHAR, false, null);
    }
}
