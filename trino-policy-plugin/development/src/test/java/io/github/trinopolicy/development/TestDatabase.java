package io.github.trinopolicy.development;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TestDatabase {
    @Test
    void testAccountInUrl() {
        assertThat(Database.parse("jdbc:postgresql://h:5/d?user=u&sslmode=require&password=p%26q", Optional.empty(), Optional.empty()))
                .isEqualTo(new Database("jdbc:postgresql://h:5/d?sslmode=require", "u", "p&q"));
    }

    @Test
    void testSeparateAccountWins() {
        assertThat(Database.parse("postgresql://h/d?user=u&password=p", Optional.of("v"), Optional.of("q")))
                .isEqualTo(new Database("jdbc:postgresql://h/d", "v", "q"));
    }

    @Test
    void testNoPassword() {
        assertThat(Database.parse("jdbc:postgresql://h/d", Optional.of("u"), Optional.empty()))
                .isEqualTo(new Database("jdbc:postgresql://h/d", "u", ""));
    }

    @Test
    void testUserIsMissing() {
        assertThatThrownBy(() -> Database.parse("jdbc:postgresql://h/d", Optional.empty(), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("PostgreSQL URL: the user is missing; add ?user=... to the URL or give --postgres-user");
    }

    @Test
    void testOtherDatabase() {
        assertThatThrownBy(() -> Database.parse("jdbc:mysql://h/d?user=u", Optional.empty(), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("PostgreSQL URL: it must start with jdbc:postgresql://, like jdbc:postgresql://127.0.0.1:5432/postgres");
    }

    @Test
    void testFurtherParameter() {
        assertThat(new Database("jdbc:postgresql://h/d", "u", "p").urlWith("currentSchema", "s"))
                .isEqualTo("jdbc:postgresql://h/d?currentSchema=s");
        assertThat(new Database("jdbc:postgresql://h/d?a=b", "u", "p").urlWith("currentSchema", "s"))
                .isEqualTo("jdbc:postgresql://h/d?a=b&currentSchema=s");
    }

    @Test
    void testPasswordIsNotShown() {
        assertThat(new Database("jdbc:postgresql://h/d", "u", "canary")).hasToString("jdbc:postgresql://h/d as u");
    }
}
