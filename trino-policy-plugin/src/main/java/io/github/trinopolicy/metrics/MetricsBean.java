package io.github.trinopolicy.metrics;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/// The metrics as attributes of one bean, which can be read and nothing else.
final class MetricsBean implements DynamicMBean, AutoCloseable {
    static final String NAME = "io.github.trinopolicy:type=metrics,name=policy";

    private final MBeanServer server;
    private final Map<String, Sample> samples;
    private final ObjectName name;

    private MetricsBean(MBeanServer server, String node, List<Sample> samples) {
        this.server = requireNonNull(server, "server is null");
        this.samples = samples.stream().collect(toImmutableMap(Sample::name, sample -> sample));
        this.name = register(requireNonNull(node, "node is null"));
    }

    static MetricsBean register(MBeanServer server, String node, List<Sample> samples) {
        return new MetricsBean(server, node, samples);
    }

    private ObjectName register(String node) {
        try {
            try {
                return server.registerMBean(this, new ObjectName(NAME)).getObjectName();
            }
            catch (InstanceAlreadyExistsException _) {
                // several nodes in one process, which happens in tests
                return server.registerMBean(this, new ObjectName(NAME + ",node=" + ObjectName.quote(node))).getObjectName();
            }
        }
        catch (JMException e) {
            throw new IllegalStateException("the metrics cannot be registered with JMX", e);
        }
    }

    @Override
    public Object getAttribute(String attribute) throws AttributeNotFoundException {
        return Optional.ofNullable(samples.get(attribute)).orElseThrow(() -> new AttributeNotFoundException(attribute)).value().getAsLong();
    }

    @Override
    public AttributeList getAttributes(String[] attributes) {
        AttributeList list = new AttributeList();
        for (String attribute : attributes) {
            Optional.ofNullable(samples.get(attribute))
                    .ifPresent(sample -> list.add(new Attribute(attribute, sample.value().getAsLong())));
        }
        return list;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException("metrics can only be read");
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        return new AttributeList();
    }

    @Override
    public @Nullable Object invoke(String action, Object[] parameters, String[] signature) {
        throw new UnsupportedOperationException("metrics can only be read");
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        MBeanAttributeInfo[] attributes = samples.values().stream()
                .map(sample -> new MBeanAttributeInfo(sample.name(), "long", sample.description(), true, false, false))
                .toArray(MBeanAttributeInfo[]::new);
        return new MBeanInfo(MetricsBean.class.getName(), "Metrics of the policy plugin on this node", attributes, null, null, null);
    }

    @Override
    public void close() {
        try {
            server.unregisterMBean(name);
        }
        catch (JMException e) {
            throw new IllegalStateException("the metrics cannot be taken out of JMX", e);
        }
    }
}
