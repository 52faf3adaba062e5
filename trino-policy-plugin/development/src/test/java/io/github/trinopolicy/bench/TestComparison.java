package io.github.trinopolicy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TestComparison {
    @Test
    void testRunsByTurnsAndFormsRatiosWithinARound() throws Exception {
        List<String> order = new ArrayList<>();
        // the machine becomes three times slower after the first round: the ratio does not change
        Suite suite = suite(
                new TestingSubject("a", order, 10.0, 30.0, 20.0),
                new TestingSubject("b", order, 5.0, 15.0, 30.0));

        Comparison comparison = Comparison.run(suite, 3);

        assertThat(order).containsExactly("a", "b", "a", "b", "a", "b");
        assertThat(comparison.baseline()).isEqualTo(new Comparison.Baseline("a", new Spread(20, 10, 30), 8));
        assertThat(comparison.rivals()).containsExactly(
                new Comparison.Rival("b", new Spread(15, 5, 30), new Spread(0.5, 0.5, 1.5), Optional.of(0.6), 8, Optional.empty()));
    }

    @Test
    void testResultIsMeasuredOnce() throws Exception {
        List<String> order = new ArrayList<>();
        Candidate candidate = Candidate.of(new TestingSubject("b", order, 5.0, 15.0)).returning(new TestingSubject("result", order, 1.0));
        Suite suite = new JmhSuite("test", "", new TestingSubject("a", order, 10.0, 30.0), ImmutableList.of(candidate));

        Comparison comparison = Comparison.run(suite, 2);

        assertThat(order).containsExactly("a", "b", "a", "b", "result");
        assertThat(comparison.rivals().getFirst().resultBytes()).contains(8.0);
        assertThat(comparison.rivals().getFirst().target()).isEmpty();
    }

    @Test
    void testMedianOfEvenNumber() {
        assertThat(Spread.of(ImmutableList.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(new Spread(2.5, 1, 4));
        assertThat(Spread.of(ImmutableList.of(4.0, 1.0, 3.0, 2.0))).hasToString("2.50 (1.00 to 4.00)");
    }

    @Test
    void testRoundsMustBePositive() {
        Suite suite = suite(new TestingSubject("a", new ArrayList<>()), new TestingSubject("b", new ArrayList<>()));

        assertThatThrownBy(() -> Comparison.run(suite, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Rounds: the number must be positive");
    }

    private static Suite suite(Subject baseline, Subject candidate) {
        return new JmhSuite("test", "", baseline, ImmutableList.of(Candidate.of(candidate).atMost(0.6)));
    }

    private static final class TestingSubject implements Subject {
        private final String name;
        private final List<String> order;
        private final Iterator<Double> times;

        private TestingSubject(String name, List<String> order, Double... times) {
            this.name = name;
            this.order = order;
            this.times = ImmutableList.copyOf(times).iterator();
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Measurement measure() {
            order.add(name);
            return new Measurement(times.next(), 8);
        }
    }
}
