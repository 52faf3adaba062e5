package io.github.trinopolicy.commandline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import com.google.common.collect.ImmutableList;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.trinopolicy.commandline.TestingProgram.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What the program says where it cannot get through to Trino: over the real driver, against a server with TLS that lets nobody in.
@TestInstance(PER_CLASS)
class TestFailureSentences {
    private static final String PASSWORD = "of-the-keystore";

    private Path directory = Path.of("");
    private HttpsServer server;
    private String url = "";

    @BeforeAll
    void startServer(@TempDir Path temporary) throws IOException, GeneralSecurityException, InterruptedException {
        directory = temporary;
        makeKeystore("server.p12");
        makeKeystore("other.p12");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve("server.p12"))) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"Trino\"");
            byte[] body = "Invalid credentials".getBytes(UTF_8);
            exchange.sendResponseHeaders(401, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        url = "https://localhost:%s".formatted(server.getAddress().getPort());
    }

    private void makeKeystore(String name) throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
                "a",
                "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-storetype", "PKCS12", "-keystore",
                directory.resolve(name).toString(), "-storepass", PASSWORD).inheritIO().start();
        assertThat(keytool.waitFor()).isEqualTo(0);
    }

    @AfterAll
    void stopServer() {
        server.stop(0);
    }

    private static Result run(TestingProgram program, String... options) {
        List<String> arguments = new ArrayList<>(ImmutableList.of("export", "/nowhere/at/all"));
        arguments.addAll(List.of(options));
        Result result = program.run(arguments.toArray(String[]::new));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).hasSize(1);
        return result;
    }

    private String withTruststore(String name, String password) {
        return run(new TestingProgram().variable("TRINO_PASSWORD", "wrong-one").variable("TRINO_TRUSTSTORE_PASSWORD", password), "--server",
                url,
                "--user=maria", "--password", "--truststore-path", directory.resolve(name).toString()).err();
    }

    @Test
    void testTruststoreLetsThrough() {
        // the server is trusted, and refuses the password
        assertThat(withTruststore("server.p12", PASSWORD)).isEqualTo(("error: %s refuses the login of user 'maria': check --user and the "
                + "password (--password, TRINO_PASSWORD) or token (TRINO_ACCESS_TOKEN)\n").formatted(url));
    }

    @Test
    void testOtherTruststore() {
        String message = ("error: the certificate of %s is not trusted: name that of its authority by --truststore-path, or "
                + "--use-system-truststore\n").formatted(url);
        assertThat(withTruststore("other.p12", PASSWORD)).isEqualTo(message);
        assertThat(run(new TestingProgram(), "--server", url).err()).isEqualTo(message);
    }

    @Test
    void testWrongNameInCertificate() {
        String address = url.replace("localhost", "127.0.0.1");
        assertThat(run(new TestingProgram().variable("TRINO_TRUSTSTORE_PASSWORD", PASSWORD), "--server", address, "--truststore-path",
                directory.resolve("server.p12").toString()).err())
                .isEqualTo("error: the certificate of %s is for another host: use the name that the certificate has in --server\n"
                        .formatted(address));
    }

    @Test
    void testInsecureTrustsEverything() {
        assertThat(run(new TestingProgram(), "--server", url, "--insecure").err()).contains("refuses the login");
    }

    @Test
    void testUnusableTruststore() {
        assertThat(withTruststore("server.p12", "not-this")).isEqualTo("error: the password of the truststore or keystore is wrong: check "
                + "TRINO_TRUSTSTORE_PASSWORD and TRINO_KEYSTORE_PASSWORD\n");
        assertThat(withTruststore("missing.p12", PASSWORD))
                .isEqualTo("error: there is no file '%s': check --truststore-path and --keystore-path\n"
                        .formatted(directory.resolve("missing.p12")));
    }

    @Test
    void testNobodyAnswers() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(run(new TestingProgram(), "--server", "localhost:" + port).err()).isEqualTo(
                "error: nobody answers at http://localhost:%s: start Trino there, or name another coordinator by --server\n"
                        .formatted(port));
        assertThat(run(new TestingProgram(), "--server", "no-such-host.invalid:8080").err())
                .isEqualTo("error: there is no host 'no-such-host.invalid': check --server\n");
    }

    @Test
    void testPlainServerAskedForTls() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = Thread.startVirtualThread(() -> answerInPlainText(socket));
            assertThat(run(new TestingProgram(), "--server", "https://localhost:" + socket.getLocalPort()).err()).isEqualTo(
                    "error: https://localhost:%s speaks no TLS: write http:// in --server, or its TLS port\n"
                            .formatted(socket.getLocalPort()));
            answering.interrupt();
        }
    }

    private static void answerInPlainText(ServerSocket socket) {
        try {
            while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                    connection.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
                }
            }
        }
        catch (IOException _) {
            // the test has closed the socket
        }
    }

    @Test
    void testStackTraceOnlyOnDemand() {
        Result result = new TestingProgram().run("export", "/nowhere/at/all", "--server", url, "--debug");
        assertThat(result.err()).contains("is not trusted", "\tat ", "Caused by: java.sql.SQLException");
    }
}
