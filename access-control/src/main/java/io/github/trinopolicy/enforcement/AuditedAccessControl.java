package io.github.trinopolicy.enforcement;

import static com.google.common.base.CaseFormat.LOWER_UNDERSCORE;
import static com.google.common.base.CaseFormat.UPPER_CAMEL;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import io.github.trinopolicy.enforcement.QueryTrace.Reading;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.model.AuditField;
import io.trino.spi.QueryId;
import io.trino.spi.connector.CatalogSchemaName;
import io.trino.spi.connector.CatalogSchemaRoutineName;
import io.trino.spi.connector.CatalogSchemaTableName;
import io.trino.spi.connector.EntityKindAndName;
import io.trino.spi.eventlistener.EventListener;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SystemAccessControl;
import io.trino.spi.security.SystemSecurityContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Stands before an access control and records each denial, whichever question it answers, and what was let read. It knows no list of
/// questions, so that none can be forgotten.
public final class AuditedAccessControl implements InvocationHandler {
    private static final String EXECUTE_QUERY = "checkCanExecuteQuery";
    private static final String EVENT_LISTENERS = "getEventListeners";
    private static final Set<String> READING = ImmutableSet.of("checkCanSelectFromColumns", "checkCanCreateViewWithSelectFromColumns");
    /// Where Trino makes a denial of the answer `false`. Other such questions ask what to list.
    static final Set<String> EXECUTING = ImmutableSet.of("canExecuteFunction", "canCreateViewWithExecuteFunction");

    private final SystemAccessControl delegate;
    private final QueryRegistry queries;
    private final EnforcementUser enforcementUser;
    private final AuditLog log;
    private final AuditedText text;

    private AuditedAccessControl(SystemAccessControl delegate, QueryRegistry queries, EnforcementUser enforcementUser, AuditLog log,
            AuditedText text) {
        this.delegate = requireNonNull(delegate, "delegate is null");
        this.queries = requireNonNull(queries, "queries is null");
        this.enforcementUser = requireNonNull(enforcementUser, "enforcementUser is null");
        this.log = requireNonNull(log, "log is null");
        this.text = requireNonNull(text, "text is null");
    }

    public static SystemAccessControl over(SystemAccessControl delegate, QueryRegistry queries, EnforcementUser enforcementUser,
            AuditLog log,
            AuditedText text) {
        return (SystemAccessControl) Proxy.newProxyInstance(AuditedAccessControl.class.getClassLoader(),
                new Class<?>[]{SystemAccessControl.class}, new AuditedAccessControl(delegate, queries, enforcementUser, log, text));
    }

    @Override
    @Nullable
    public Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
            throws Throwable {
        List<Object> given = arguments == null ? ImmutableList.of() : Stream.of(arguments).toList();
        if (method.getName().equals(EXECUTE_QUERY)) {
            log.admit();
        }
        try {
            Object answer = method.invoke(delegate, arguments);
            if (READING.contains(method.getName())) {
                recordReading(given);
            }
            if (EXECUTING.contains(method.getName()) && Boolean.FALSE.equals(answer)) {
                recordDenial(method, given, MessageCode.ROUTINE, Optional.empty());
            }
            return method.getName().equals(EVENT_LISTENERS) ? listeners((Iterable<?>) requireNonNull(answer, "answer is null")) : answer;
        }
        catch (InvocationTargetException e) {
            if (e.getCause() instanceof AccessDeniedException denial) {
                recordDenial(method, given, MessageCode.of(denial), Optional.ofNullable(denial.getMessage()));
            }
            throw e.getCause();
        }
    }

    private Iterable<EventListener> listeners(Iterable<?> others) {
        return ImmutableList.<EventListener>builder()
                .add(new QueryAuditListener(queries, log, text))
                .addAll(Iterables.filter(others, EventListener.class))
                .build();
    }

    private void recordReading(List<Object> arguments) {
        SystemSecurityContext context = first(arguments, SystemSecurityContext.class).orElseThrow();
        // what expressions of policies read is not what the user reads
        if (enforcementUser.is(context.getIdentity())) {
            return;
        }
        CatalogSchemaTableName table = first(arguments, CatalogSchemaTableName.class).orElseThrow();
        ImmutableSet.Builder<String> columns = ImmutableSet.builder();
        first(arguments, Set.class).ifPresent(names -> names.forEach(name -> columns.add((String) name)));
        queries.require(context.getQueryId()).trace()
                .read(new Reading(TableGuard.nameOf(table), context.getIdentity().getUser()), columns.build());
    }

    private void recordDenial(Method method, List<Object> arguments, MessageCode code, Optional<String> reason) {
        Optional<SystemSecurityContext> context = first(arguments, SystemSecurityContext.class);
        Optional<QueryId> queryId = context.map(SystemSecurityContext::getQueryId).or(() -> first(arguments, QueryId.class));
        Optional<QueryContext> query = queryId.flatMap(queries::find);
        AuditEvent.Builder event = AuditEvent.of(AuditEvent.Kind.DENIAL, queries.now())
                .put(AuditField.QUERY_ID, queryId.map(QueryId::id))
                .put(AuditField.ACTION, words(method.getName()))
                .put(AuditField.OBJECT, object(arguments))
                .put(AuditField.REASON, reason)
                .put(AuditField.CODE, code.toString());
        query.ifPresentOrElse(known -> event
                .put(AuditField.USER_NAME, known.asker().user())
                .put(AuditField.ORIGINAL_USER, known.impersonator())
                .put(AuditField.USER_GROUPS, known.asker().groups())
                .put(AuditField.PROJECT, known.asker().project())
                .put(AuditField.PURPOSES, known.asker().purposes())
                .put(AuditField.EXEMPT, known.exempt())
                .put(AuditField.POLICY_VERSION, known.snapshot().version()),
                () -> event.put(AuditField.USER_NAME, context.map(SystemSecurityContext::getIdentity)
                        .or(() -> first(arguments, Identity.class)).map(Identity::getUser)
                        .or(() -> principal(arguments))));
        log.record(event.build());
    }

    /// What was to be used, in the form in which owners are looked up; of everything else with a word before it.
    private static Optional<String> object(List<Object> arguments) {
        return first(arguments, CatalogSchemaTableName.class).map(table -> TableGuard.nameOf(table).toString())
                .or(() -> first(arguments, CatalogSchemaName.class).map(schema -> TableGuard.nameOf(schema).toString()))
                .or(() -> first(arguments, CatalogSchemaRoutineName.class).map(routine -> "routine " + routine))
                .or(() -> first(arguments, EntityKindAndName.class).map(entity -> "%s %s".formatted(entity.entityKind(), entity.name())))
                .or(() -> first(arguments, String.class).map("name "::concat));
    }

    private static Optional<String> principal(List<Object> arguments) {
        return first(arguments, Optional.class).flatMap(optional -> ((Optional<?>) optional).filter(Principal.class::isInstance))
                .map(principal -> ((Principal) principal).getName());
    }

    /// `select from columns` of `checkCanSelectFromColumns`.
    private static String words(String method) {
        return UPPER_CAMEL.to(LOWER_UNDERSCORE, method.replaceFirst("^(checkCan|can)", "")).replace('_', ' ');
    }

    private static <T> Optional<T> first(List<Object> arguments, Class<T> type) {
        return arguments.stream().filter(type::isInstance).findFirst().map(type::cast);
    }
}
