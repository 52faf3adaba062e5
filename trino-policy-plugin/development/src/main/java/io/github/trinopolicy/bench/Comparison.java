package io.github.trinopolicy.bench;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What came out of a suite.
record Comparison(Baseline baseline, List<Rival> rivals) {
    /// @param time nanoseconds per operation
    /// @param bytes allocated per operation
    record Baseline(String name, Spread time, double bytes) {}

    /// @param time nanoseconds per operation
    /// @param ratio its time divided by that of the baseline, formed within each round: below 1 is faster than the baseline
    /// @param target for the median of the ratio
    /// @param bytes allocated per operation
    /// @param resultBytes those that the result takes, where that is known
    record Rival(String name, Spread time, Spread ratio, Optional<Double> target, double bytes, Optional<Double> resultBytes) {}

    Comparison {
        rivals = ImmutableList.copyOf(rivals);
    }

    /// Runs baseline, candidates, baseline, candidates, ... Ratios are formed within a round, so a slow minute of the machine slows both sides.
    static Comparison run(Suite suite, int rounds) throws IOException, InterruptedException {
        checkArgument(rounds > 0, "Rounds: the number must be positive");
        List<Candidate> candidates = suite.candidates();
        List<Measurement> baselines = new ArrayList<>();
        List<List<Measurement>> measurements = candidates.stream().<List<Measurement>>map(_ -> new ArrayList<>())
                .collect(toImmutableList());
        for (int round = 0; round < rounds; round++) {
            baselines.add(suite.baseline().measure());
            for (int index = 0; index < candidates.size(); index++) {
                measurements.get(index).add(candidates.get(index).subject().measure());
            }
        }
        ImmutableList.Builder<Rival> rivals = ImmutableList.builder();
        for (int index = 0; index < candidates.size(); index++) {
            rivals.add(rival(candidates.get(index), measurements.get(index), baselines));
        }
        return new Comparison(new Baseline(suite.baseline().name(), time(baselines), bytes(baselines)), rivals.build());
    }

    private static Rival rival(Candidate candidate, List<Measurement> measurements, List<Measurement> baselines)
            throws IOException, InterruptedException {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < measurements.size(); round++) {
            ratios.add(measurements.get(round).nanoseconds() / baselines.get(round).nanoseconds());
        }
        Optional<Double> resultBytes = Optional.empty();
        if (candidate.result().isPresent()) {
            // once is enough: it does not depend on what else the machine does
            resultBytes = Optional.of(candidate.result().get().measure().bytes());
        }
        return new Rival(candidate.subject().name(), time(measurements), Spread.of(ratios), candidate.target(), bytes(measurements),
                resultBytes);
    }

    private static Spread time(List<Measurement> measurements) {
        return Spread.of(measurements.stream().map(Measurement::nanoseconds).collect(toImmutableList()));
    }

    private static double bytes(List<Measurement> measurements) {
        return Spread.of(measurements.stream().map(Measurement::bytes).collect(toImmutableList())).median();
    }
}
