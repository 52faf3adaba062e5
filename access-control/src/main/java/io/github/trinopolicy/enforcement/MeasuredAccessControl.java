package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import io.trino.spi.security.AccessDeniedException;
import io.trino.spi.security.SystemAccessControl;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Measures what Trino waits for, and counts what is refused, whoever refuses it. Thread-safe.
public final class MeasuredAccessControl implements InvocationHandler {
    private final SystemAccessControl delegate;
    private final DecisionMeter meter;
    private final Map<String, DurationHistogram> measured;

    private MeasuredAccessControl(SystemAccessControl delegate, DecisionMeter meter) {
        this.delegate = requireNonNull(delegate, "delegate is null");
        this.meter = requireNonNull(meter, "meter is null");
        this.measured = ImmutableMap.of(
                "checkCanExecuteQuery", meter.queries(),
                "checkCanSelectFromColumns", meter.tables(),
                "checkCanCreateViewWithSelectFromColumns", meter.tables(),
                "getRowFilters", meter.tables(),
                "getColumnMasks", meter.tables());
    }

    public static SystemAccessControl over(SystemAccessControl delegate, DecisionMeter meter) {
        return (SystemAccessControl) Proxy.newProxyInstance(MeasuredAccessControl.class.getClassLoader(),
                new Class<?>[]{SystemAccessControl.class}, new MeasuredAccessControl(delegate, meter));
    }

    @Override
    @Nullable
    public Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
            throws Throwable {
        DurationHistogram durations = measured.get(method.getName());
        long started = durations == null ? 0 : durations.now();
        try {
            Object answer = method.invoke(delegate, arguments);
            if (AuditedAccessControl.EXECUTING.contains(method.getName()) && Boolean.FALSE.equals(answer)) {
                meter.refused(MessageCode.ROUTINE);
            }
            return answer;
        }
        catch (InvocationTargetException e) {
            if (e.getCause() instanceof AccessDeniedException refusal) {
                meter.refused(MessageCode.of(refusal));
            }
            throw e.getCause();
        }
        finally {
            if (durations != null) {
                durations.recordSince(started);
            }
        }
    }
}
