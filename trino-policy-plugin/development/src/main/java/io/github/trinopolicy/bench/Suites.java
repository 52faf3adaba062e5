package io.github.trinopolicy.bench;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.development.ServerLayout;
import java.nio.file.Path;
import java.util.List;

/// Here suites register.
final class Suites {
    private Suites() {
    }

    static List<Suite> all(Path sourceTree) {
        return ImmutableList.of(hash(sourceTree), formatPreserving(sourceTree), longFormatPreserving(sourceTree), reversible(sourceTree),
                decision(sourceTree), impact(sourceTree), fingerprint(sourceTree), lineitem(sourceTree),
                new AuditSuite(ServerLayout.ofSourceTree(sourceTree)));
    }

    private static Suite hash(Path sourceTree) {
        JmhClass benchmark = functions(sourceTree, "BenchmarkHash");
        return JmhSuite.of("hash", "the hash mask per value of 20 bytes, against a kept javax.crypto.Mac with HexFormat",
                benchmark.method("keptMacAndHexFormat"),
                benchmark.candidate("hashOfVarchar").returning(benchmark.method("resultOfVarchar")).atMost(0.8),
                benchmark.candidate("oneDigest").returning(benchmark.method("resultOfVarchar")),
                benchmark.candidate("hashOfShortVarchar").returning(benchmark.method("resultOfShortVarchar")),
                benchmark.candidate("hashOfBigint").returning(benchmark.method("resultOfNumber")),
                benchmark.candidate("hashOfInteger").returning(benchmark.method("resultOfNumber")));
    }

    private static Suite formatPreserving(Path sourceTree) {
        JmhClass benchmark = functions(sourceTree, "BenchmarkFormatPreserving");
        return JmhSuite.of("ff1",
                "the format-preserving mask per value of 16 digits, against Bouncy Castle's FPEFF1Engine with its key kept",
                benchmark.method("bouncyCastleOf16Digits"),
                benchmark.candidate("textOf16Digits").returning(benchmark.method("resultOf16Digits")).atMost(0.1),
                benchmark.candidate("bigintOf16Digits").returning(benchmark.method("resultOfBigint")).atMost(0.1));
    }

    private static Suite longFormatPreserving(Path sourceTree) {
        JmhClass benchmark = functions(sourceTree, "BenchmarkFormatPreserving");
        return JmhSuite.of("ff1-long", "the same of 64 digits, whose halves do not fit 64 bits",
                benchmark.method("bouncyCastleOf64Digits"),
                benchmark.candidate("textOf64Digits").returning(benchmark.method("resultOf64Digits")));
    }

    private static Suite reversible(Path sourceTree) {
        JmhClass benchmark = functions(sourceTree, "BenchmarkReversible");
        double target = 1.0 / 7;
        return JmhSuite.of("reversible", "the reversible mask per value of 20 bytes, against the same token by getInstance per call",
                benchmark.method("instancePerCall"),
                benchmark.candidate("tokenOfValue").returning(benchmark.method("result")).atMost(target),
                benchmark.candidate("tokenOfCell").returning(benchmark.method("result")).atMost(target),
                benchmark.candidate("randomToken").returning(benchmark.method("result")).atMost(target),
                benchmark.candidate("valueOfToken"));
    }

    private static Suite decision(Path sourceTree) {
        JmhClass benchmark = new JmhClass(sourceTree.resolve("access-control"), "io.github.trinopolicy.decision.BenchmarkDecision");
        return JmhSuite.of("decision",
                "filter and masks of a table of 100 columns under 1,000 rules, against Trino's file-based access control",
                benchmark.method("fileBasedAccessControl"), benchmark.candidate("policies"));
    }

    private static Suite impact(Path sourceTree) {
        JmhClass benchmark = new JmhClass(sourceTree.resolve("access-control"), "io.github.trinopolicy.impact.BenchmarkImpact");
        return JmhSuite.of("impact", "what a mask would do to 10,000 users under 1,000 policies: on each of 1,000 tables, against on one",
                benchmark.method("everyTable"), benchmark.candidate("oneTable"));
    }

    private static Suite fingerprint(Path sourceTree) {
        JmhClass benchmark = fingerprints(sourceTree);
        return JmhSuite.of("fingerprint",
                "the fingerprint of 1,000,000 rows of 100 columns, against count(*) and approx_distinct of the same columns",
                benchmark.method("countOfHundredColumns"),
                benchmark.candidate("fingerprintOfHundredColumns").atMost(2),
                benchmark.candidate("firstFingerprintOfHundredColumns").atMost(2),
                benchmark.candidate("fingerprintOfTenColumns"), benchmark.candidate("fingerprintOfOneColumn"));
    }

    private static Suite lineitem(Path sourceTree) {
        JmhClass benchmark = fingerprints(sourceTree);
        return JmhSuite.of("fingerprint-lineitem", "the same of the 6,001,215 rows of lineitem",
                benchmark.method("countOfLineitem"), benchmark.candidate("fingerprintOfLineitem").atMost(2));
    }

    private static JmhClass fingerprints(Path sourceTree) {
        return new JmhClass(sourceTree.resolve("fingerprint"), "io.github.trinopolicy.fingerprint.BenchmarkFingerprint");
    }

    private static JmhClass functions(Path sourceTree, String benchmark) {
        return new JmhClass(sourceTree.resolve("functions"), "io.github.trinopolicy.masking." + benchmark);
    }

    /// @param module the directory of the Maven module whose test sources hold the class
    private record JmhClass(Path module, String benchmark) {
        Subject method(String method) {
            return new JmhSubject(module, benchmark, method);
        }

        Candidate candidate(String method) {
            return Candidate.of(method(method));
        }
    }
}
