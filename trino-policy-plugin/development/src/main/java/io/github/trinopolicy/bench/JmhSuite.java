package io.github.trinopolicy.bench;

import com.google.common.collect.ImmutableList;
import java.util.List;

/// A suite of the methods of one JMH benchmark class.
record JmhSuite(String name, String description, Subject baseline, List<Candidate> candidates) implements Suite {
    JmhSuite {
        candidates = ImmutableList.copyOf(candidates);
    }

    static JmhSuite of(String name, String description, Subject baseline, Candidate... candidates) {
        return new JmhSuite(name, description, baseline, ImmutableList.copyOf(candidates));
    }
}
