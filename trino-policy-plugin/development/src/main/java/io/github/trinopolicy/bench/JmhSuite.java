package io.github.trinopolicy.bench;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.List;

/// A suite of the methods of one JMH benchmark class.
record JmhSuite(String name, String description, Subject baseline, List<Subject> candidates) implements Suite {
    JmhSuite {
        candidates = ImmutableList.copyOf(candidates);
    }

    static JmhSuite of(String name, String description, Path module, String benchmark, String baseline, String... candidates) {
        return new JmhSuite(name, description, new JmhSubject(module, benchmark, baseline),
                ImmutableList.copyOf(candidates).stream().map(method -> new JmhSubject(module, benchmark, method))
                        .collect(toImmutableList()));
    }
}
