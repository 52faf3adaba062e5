package io.github.trinopolicy.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.commandline.TestingProgram.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The options of Trino's own command line, as properties of its JDBC driver.
class TestServerOptions {
    private static final String SECRET = "s3cr3t-of-mine";

    private final List<ServerLogin> logins = new ArrayList<>();
    private final List<ServerAddress> addresses = new ArrayList<>();

    private TestingProgram program() {
        return new TestingProgram((address, login) -> {
            addresses.add(address);
            logins.add(login);
            return new TestingPolicyService();
        });
    }

    private ServerLogin login(TestingProgram program, String... options) {
        List<String> arguments = new ArrayList<>(ImmutableList.of("explain", "alice", "lake.shop.t"));
        arguments.addAll(List.of(options));
        Result result = program.run(arguments.toArray(String[]::new));
        assertThat(result.exitCode()).describedAs(result.err()).isEqualTo(0);
        return logins.getLast();
    }

    private Result fail(TestingProgram program, String... options) {
        List<String> arguments = new ArrayList<>(ImmutableList.of("explain", "alice", "lake.shop.t"));
        arguments.addAll(List.of(options));
        Result result = program.run(arguments.toArray(String[]::new));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(logins).isEmpty();
        assertThat(result.err()).doesNotContain(SECRET);
        return result;
    }

    @Test
    void testDefaults() {
        assertThat(login(program()).properties())
                .isEqualTo(ImmutableMap.of("user", System.getProperty("user.name"), "source", "policy-command-line"));
        assertThat(addresses).containsExactly(new ServerAddress("localhost", 8080, false));
    }

    @Test
    void testVariables() {
        assertThat(login(program().variable("TRINO_SERVER", "https://trino.example.com").variable("TRINO_USER", "maria")
                .variable("TRINO_ACCESS_TOKEN", SECRET)).properties())
                .isEqualTo(ImmutableMap.of("user", "maria", "source", "policy-command-line", "accessToken", SECRET, "SSL", "true"));
        assertThat(addresses).containsExactly(new ServerAddress("trino.example.com", 443, true));
        // options win
        assertThat(login(program().variable("TRINO_SERVER", "https://other").variable("TRINO_USER", "maria"), "--server=here:8080",
                "--user=ann").user()).isEqualTo("ann");
        assertThat(addresses.getLast()).isEqualTo(new ServerAddress("here", 8080, false));
    }

    @Test
    void testEveryOption() {
        ServerLogin login = login(program().variable("TRINO_TRUSTSTORE_PASSWORD", "trust-me"), "--server=https://t:8443", "--user=u",
                "--access-token=" + SECRET, "--session-user=other", "--extra-credential=policy.project=fraud", "--extra-credential=a=b:c",
                "--truststore-path=t.p12", "--truststore-type=PKCS12", "--keystore-path=k.p12", "--keystore-password=key-pass",
                "--keystore-type=PKCS12", "--socks-proxy=s:1", "--http-proxy=h:2");
        assertThat(login.properties()).isEqualTo(ImmutableMap.<String, String>builder()
                .put("user", "u").put("source", "policy-command-line").put("SSL", "true").put("accessToken", SECRET)
                .put("sessionUser", "other").put("extraCredentials", "policy.project:fraud;a:b:c")
                .put("SSLTrustStorePath", "t.p12").put("SSLTrustStorePassword", "trust-me").put("SSLTrustStoreType", "PKCS12")
                .put("SSLKeyStorePath", "k.p12").put("SSLKeyStorePassword", "key-pass").put("SSLKeyStoreType", "PKCS12")
                .put("socksProxy", "s:1").put("httpProxy", "h:2").buildOrThrow());
        assertThat(login.secrets()).isEqualTo(ImmutableSet.of(SECRET, "fraud", "b:c", "trust-me", "key-pass"));
        assertThat(login.toString()).doesNotContain(SECRET).doesNotContain("key-pass");
        assertThat(login(program(), "--server=https://t", "--external-authentication").properties()).containsEntry("externalAuthentication",
                "true");
        assertThat(login(program(), "--server=https://t", "--use-system-truststore").properties()).containsEntry("SSLUseSystemTrustStore",
                "true");
        assertThat(login(program(), "--server=https://t", "--insecure").properties()).containsEntry("SSLVerification", "NONE");
    }

    @Test
    void testPassword() {
        assertThat(login(program().variable("TRINO_PASSWORD", SECRET), "--server=https://t", "--password").properties())
                .containsEntry("password", SECRET);
        assertThat(login(program().typedPassword(SECRET), "--server=https://t", "--password").properties()).containsEntry("password",
                SECRET);
        // as with Trino's own command line, the variable alone sends nothing
        assertThat(login(program().variable("TRINO_PASSWORD", SECRET), "--server=https://t").properties()).doesNotContainKey("password");
        logins.clear();
        assertThat(fail(program(), "--server=https://t", "--password").err())
                .isEqualTo("error: --password asks on a terminal, and there is none: set TRINO_PASSWORD\n");
    }

    @Test
    void testSecretsGoOverTlsOnly() {
        String message = "error: passwords, tokens and certificates go over TLS only, and http://t:80 is without: write https:// in --server\n";
        assertThat(fail(program().variable("TRINO_PASSWORD", SECRET), "--server=http://t", "--password").err()).isEqualTo(message);
        assertThat(fail(program().variable("TRINO_ACCESS_TOKEN", SECRET), "--server=http://t").err()).isEqualTo(message);
        assertThat(fail(program(), "--server=http://t", "--external-authentication").err()).isEqualTo(message);
        assertThat(fail(program(), "--server=http://t", "--truststore-path=x").err()).isEqualTo(message);
        assertThat(fail(program(), "--server=http://t", "--insecure").err()).isEqualTo(message);
    }

    @Test
    void testMistakesAreNotEchoed() {
        assertThat(fail(program(), "--server=https://user:" + SECRET + "@t").err())
                .isEqualTo("error: --server must be the address of a coordinator and no more, such as https://trino.example.com:8443\n");
        assertThat(fail(program(), "--server=https://t?password=" + SECRET).err()).startsWith("error: --server must be");
        assertThat(fail(program(), "--server=ftp://t").err()).startsWith("error: --server must be");
        for (String credential : ImmutableList.of(SECRET, "a=" + SECRET + ";b", "a:b=" + SECRET, "=" + SECRET, "a=")) {
            assertThat(fail(program(), "--extra-credential", credential).err())
                    .isEqualTo("error: --extra-credential must be name=value, without ';' and without ':' in the name\n");
        }
        assertThat(fail(program(), "--acess-token=" + SECRET).err()).startsWith("error: there is no option '--acess-token'");
        assertThat(fail(program(), "--password", SECRET).err()).startsWith("error: there is an argument too many");
        assertThat(fail(program(), "--http-proxy=u:" + SECRET + "@h:1").err()).isEqualTo("error: --http-proxy must be host:port\n");
    }

    @Test
    void testContradictions() {
        assertThat(fail(program(), "--server=https://t", "--password", "--access-token=" + SECRET).err())
                .isEqualTo("error: choose one of --password, --access-token and --external-authentication\n");
        assertThat(fail(program(), "--server=https://t", "--use-system-truststore", "--truststore-path=x").err())
                .isEqualTo("error: choose one of --truststore-path and --use-system-truststore\n");
        assertThat(fail(program(), "--server=https://t", "--insecure", "--truststore-path=x").err()).startsWith("error: --insecure trusts");
        assertThat(fail(program(), "--server=https://t", "--keystore-type=x").err())
                .isEqualTo("error: --keystore-type says what --keystore-path is: name that too\n");
    }

    @Test
    void testSecretsInFailuresAreHidden() {
        TestingProgram program = new TestingProgram((_, _) -> {
            throw new CommandFailure("the server said: wrong token " + SECRET, new IllegalStateException(SECRET));
        }).variable("TRINO_ACCESS_TOKEN", SECRET);
        Result result = program.run("explain", "a", "b", "--server=https://t", "--debug");
        assertThat(result.err()).startsWith("error: the server said: wrong token ***\n").contains("IllegalStateException: ***")
                .doesNotContain(SECRET);
    }
}
