package io.github.trinopolicy.bench;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What came out of a suite.
///
/// @param baseline nanoseconds per operation
record Comparison(Spread baseline, List<Rival> rivals) {
    /// @param time nanoseconds per operation
    /// @param ratio its time divided by that of the baseline, formed within each round: below 1 is faster than the baseline
    record Rival(String name, Spread time, Spread ratio) {}

    Comparison {
        rivals = ImmutableList.copyOf(rivals);
    }

    /// Runs baseline, candidates, baseline, candidates, ... Ratios are formed within a round, so a slow minute of the machine slows both sides.
    static Comparison run(Suite suite, int rounds) throws IOException, InterruptedException {
        checkArgument(rounds > 0, "Rounds: the number must be positive");
        List<Subject> candidates = suite.candidates();
        List<Double> baselines = new ArrayList<>();
        List<List<Double>> times = candidates.stream().<List<Double>>map(_ -> new ArrayList<>()).collect(toImmutableList());
        for (int round = 0; round < rounds; round++) {
            baselines.add(suite.baseline().measure());
            for (int index = 0; index < candidates.size(); index++) {
                times.get(index).add(candidates.get(index).measure());
            }
        }
        ImmutableList.Builder<Rival> rivals = ImmutableList.builder();
        for (int index = 0; index < candidates.size(); index++) {
            rivals.add(new Rival(candidates.get(index).name(), Spread.of(times.get(index)), ratio(times.get(index), baselines)));
        }
        return new Comparison(Spread.of(baselines), rivals.build());
    }

    private static Spread ratio(List<Double> times, List<Double> baselines) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < times.size(); round++) {
            ratios.add(times.get(round) / baselines.get(round));
        }
        return Spread.of(ratios);
    }
}
