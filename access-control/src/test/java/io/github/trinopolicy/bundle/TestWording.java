package io.github.trinopolicy.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import org.junit.jupiter.api.Test;

final class TestWording {
    @Test
    void testDidYouMean() {
        ImmutableList<String> keys = ImmutableList.of("guardrail", "grant", "name", "to", "Policy");
        assertThat(Wording.didYouMean("gaurdrail", keys)).isEqualTo(" (did you mean 'guardrail'?)");
        assertThat(Wording.didYouMean("gaurdrial", keys)).isEqualTo(" (did you mean 'guardrail'?)");
        assertThat(Wording.didYouMean("policy", keys)).isEqualTo(" (did you mean 'Policy'?)");
        assertThat(Wording.didYouMean("nme", keys)).isEqualTo(" (did you mean 'name'?)");
        assertThat(Wording.didYouMean("colour", keys)).isEmpty();
        assertThat(Wording.didYouMean("x", keys)).isEmpty();
        assertThat(Wording.didYouMean("", keys)).isEmpty();
        assertThat(Wording.didYouMean("n".repeat(100_000), keys)).isEmpty();
        assertThat(Wording.didYouMean("ac", ImmutableList.of("ab", "ad"))).isEqualTo(" (did you mean 'ab'?)");
    }

    @Test
    void testQuoted() {
        assertThat(Wording.quoted("it's")).isEqualTo("'it's'");
        assertThat(Wording.quoted("a\nb\u202e")).isEqualTo("'a\\u{a}b\\u{202e}'");
        assertThat(Wording.quoted("x".repeat(61))).isEqualTo("'" + "x".repeat(60) + "...'");
        assertThat(Wording.quoted("x".repeat(59) + "😀")).isEqualTo("'" + "x".repeat(59) + "...'");
    }
}
