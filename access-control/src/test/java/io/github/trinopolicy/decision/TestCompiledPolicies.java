package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.BundleReader;
import io.github.trinopolicy.model.PolicyObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TestCompiledPolicies {
    private static final int COUNT = 10_000;

    private final BundleReader reader = new BundleReader();
    private final PolicyCompiler compiler = new PolicyCompiler();

    @Test
    void testOneChangeRecompilesOnlyWhatItTouches() {
        CompiledPolicies before = CompiledPolicies.of(policies("analysts"), compiler, Optional.empty());
        assertThat(before.all()).hasSize(COUNT).noneMatch(CompiledPolicy.Broken.class::isInstance);

        // read anew, so that no policy is the same object
        List<PolicyObject> same = policies("analysts");
        PolicyObject other = policy(4711, "stewards");
        List<PolicyObject> changed = ImmutableList.<PolicyObject>builder()
                .addAll(same.stream().filter(policy -> !policy.name().equals(other.name())).iterator()).add(other).build();
        CompiledPolicies after = CompiledPolicies.of(changed, compiler, Optional.of(before));

        assertThat(after.all()).hasSize(COUNT);
        for (CompiledPolicy policy : after.all()) {
            CompiledPolicy old = before.byName().get(policy.name());
            if (policy.name().equals(other.name())) {
                assertThat(policy).isNotEqualTo(old);
            }
            else {
                assertThat(policy).isSameAs(old);
            }
        }
    }

    private List<PolicyObject> policies(String group) {
        return IntStream.range(0, COUNT).mapToObj(number -> policy(number, group)).collect(toImmutableList());
    }

    private PolicyObject policy(int number, String group) {
        return reader.read("""
                kind: Policy
                name: p%1$05d
                type: row-filter
                applies_to: {data_sources: [lake.shop.t%1$s]}
                where: "in_any_group('%2$s') OR attribute_values_contain('region', region) AND amount < %1$s"
                """.formatted(number, group)).getFirst().object();
    }
}
