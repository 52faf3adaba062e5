package io.github.trinopolicy.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TestSecretHash {
    /// Computed by Python: `hashlib.pbkdf2_hmac("sha512", b"correct horse battery", bytes(range(16)), 1000)`.
    private static final String STORED = "pbkdf2-hmac-sha512$1000$AAECAwQFBgcICQoLDA0ODw==$"
            + "ToxFUi5y3fprZRW/V6CupR2uIDYfuy5rlsF9Z4E648lE68lw5lzmucru/HdPvmBJDSLroVh1Q2xCvjqd8NI/6Q==";

    @Test
    void testKnownHash() {
        assertThat(SecretHash.matches("correct horse battery", STORED)).isTrue();
        assertThat(SecretHash.matches("correct horse batterx", STORED)).isFalse();
        assertThat(SecretHash.matches("", STORED)).isFalse();
    }

    @Test
    void testSalted() {
        String one = SecretHash.of("a secret of alice");
        assertThat(one).startsWith("pbkdf2-hmac-sha512$210000$").doesNotContain("alice").isNotEqualTo(SecretHash.of("a secret of alice"));
        assertThat(SecretHash.matches("a secret of alice", one)).isTrue();
    }

    @Test
    void testUnknownFormat() {
        assertThatThrownBy(() -> SecretHash.matches("x", "md5$1$AA==$AA==")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a hash of a secret that this version does not know");
    }
}
