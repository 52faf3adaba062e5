package io.github.trinopolicy.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/// AWS KMS in this process, as far as its protocol is used here, and as strict as the real one: about keys and their states, the encryption
/// context, unknown parameters, credentials and regions. It really encrypts. Signatures are not checked.
public final class TestingKms implements AutoCloseable {
    public static final String REGION = "eu-west-1";
    public static final String ACCESS_KEY = "AKIATESTING";
    public static final String SECRET_KEY = "secret-of-testing";

    private static final Pattern CREDENTIAL = Pattern
            .compile("AWS4-HMAC-SHA256 Credential=([^/]+)/\\d{8}/([^/]+)/kms/aws4_request, SignedHeaders=[^,]+, Signature=[0-9a-f]{64}");
    private static final String TARGET = "TrentService.";

    private final Map<String, TestingKmsKey> keys = new ConcurrentHashMap<>();
    private final Set<String> deniedOperations = ConcurrentHashMap.newKeySet();
    private final List<String> operations = new CopyOnWriteArrayList<>();
    private final AtomicLong received = new AtomicLong();
    private final AtomicInteger throttled = new AtomicInteger();
    private volatile Optional<TestingKmsFailure> failure = Optional.empty();
    private volatile CountDownLatch hanging = new CountDownLatch(0);
    private volatile Listening listening;

    private record Listening(HttpServer server, ExecutorService executor) {
        private static Listening on(int port, TestingKms kms) {
            try {
                HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
                ExecutorService executor = Executors.newCachedThreadPool();
                server.setExecutor(executor);
                server.createContext("/", kms::handle);
                server.start();
                return new Listening(server, executor);
            }
            catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void stop() {
            server.stop(0);
            executor.shutdownNow();
        }
    }

    @SuppressWarnings("this-escape")
    public TestingKms() {
        listening = Listening.on(0, this);
    }

    /// Credentials where the chain of the SDK looks first.
    public static final class Credentials implements AutoCloseable {
        private static final Map<String, String> PROPERTIES = ImmutableMap.of("aws.accessKeyId", ACCESS_KEY, "aws.secretAccessKey",
                SECRET_KEY);

        private Credentials() {
            PROPERTIES.forEach(System::setProperty);
        }

        @Override
        public void close() {
            PROPERTIES.keySet().forEach(System::clearProperty);
        }
    }

    /// For the whole process, until they are closed.
    public static Credentials credentials() {
        return new Credentials();
    }

    public URI endpoint() {
        InetSocketAddress address = listening.server().getAddress();
        return URI.create("http://%s:%s".formatted(address.getAddress().getHostAddress(), address.getPort()));
    }

    /// @return the ARN of a new key
    public String createKey() {
        TestingKmsKey key = new TestingKmsKey(REGION);
        keys.put(key.arn(), key);
        return key.arn();
    }

    public TestingKmsKey key(String arn) {
        return Optional.ofNullable(keys.get(arn)).orElseThrow();
    }

    /// What was asked, in order, also what was refused.
    public List<String> operations() {
        return ImmutableList.copyOf(operations);
    }

    /// How many requests came, also those that wait for their answer.
    public long received() {
        return received.get();
    }

    public void deny(String... denied) {
        deniedOperations.clear();
        deniedOperations.addAll(ImmutableSet.copyOf(denied));
    }

    /// Answers the next requests by asking for patience.
    public void throttle(int requests) {
        throttled.set(requests);
    }

    /// Each request fails so.
    public void fail(TestingKmsFailure with) {
        failure = Optional.of(with);
    }

    /// Takes requests and does not answer them.
    public void hang() {
        hanging = new CountDownLatch(1);
    }

    /// Refuses connections.
    public void goDown() {
        listening.stop();
    }

    /// Ends all disturbances.
    public void recover() {
        int port = listening.server().getAddress().getPort();
        hanging.countDown();
        hanging = new CountDownLatch(0);
        failure = Optional.empty();
        throttled.set(0);
        deniedOperations.clear();
        listening.stop();
        listening = Listening.on(port, this);
    }

    @Override
    public void close() {
        hanging.countDown();
        listening.stop();
    }

    private void handle(HttpExchange exchange)
            throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            received.incrementAndGet();
            Uninterruptibles.awaitUninterruptibly(hanging);
            int status = 200;
            String answer;
            try {
                answer = answer(exchange, body);
            }
            catch (TestingKmsFailure e) {
                status = e.status();
                answer = "{\"__type\":\"%s\",\"message\":\"%s\"}".formatted(e.code(), e.getMessage());
            }
            byte[] bytes = answer.getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private String answer(HttpExchange exchange, byte[] body) {
        String target = header(exchange, "X-Amz-Target");
        if (!target.startsWith(TARGET) || !header(exchange, "Content-Type").equals("application/x-amz-json-1.1")) {
            throw TestingKmsFailure.of("UnknownOperationException");
        }
        String operation = target.substring(TARGET.length());
        operations.add(operation);
        String region = authenticate(header(exchange, "Authorization"));
        if (failure.isPresent()) {
            throw failure.get();
        }
        if (throttled.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw TestingKmsFailure.of("ThrottlingException");
        }
        Request request = new Request(operation, JsonNode.parser().parse(body).asObject());
        return switch (operation) {
            case "GenerateDataKeyWithoutPlaintext" -> generate(request, region);
            case "Encrypt" -> encrypt(request, region);
            case "Decrypt" -> decrypt(request, region);
            default -> throw TestingKmsFailure.of("UnknownOperationException");
        };
    }

    private String generate(Request request, String region) {
        request.requireFields("KeyId", "KeySpec", "EncryptionContext");
        TestingKmsKey key = usable(request, region);
        if (!request.text("KeySpec").equals("AES_256")) {
            throw TestingKmsFailure.of("ValidationException");
        }
        return "{\"CiphertextBlob\":\"%s\",\"KeyId\":\"%s\"}".formatted(base64(key.generate(request.context())), key.arn());
    }

    private String encrypt(Request request, String region) {
        request.requireFields("KeyId", "Plaintext", "EncryptionContext");
        TestingKmsKey key = usable(request, region);
        byte[] wrapped = key.encrypt(request.bytes("Plaintext"), request.context());
        return "{\"CiphertextBlob\":\"%s\",\"KeyId\":\"%s\",\"EncryptionAlgorithm\":\"SYMMETRIC_DEFAULT\"}".formatted(base64(wrapped),
                key.arn());
    }

    private String decrypt(Request request, String region) {
        request.requireFields("KeyId", "CiphertextBlob", "EncryptionContext");
        TestingKmsKey key = usable(request, region);
        byte[] wrapped = request.bytes("CiphertextBlob");
        if (keys.values().stream().anyMatch(other -> other != key && other.hasWrapped(wrapped))) {
            throw TestingKmsFailure.of("IncorrectKeyException");
        }
        return "{\"Plaintext\":\"%s\",\"KeyId\":\"%s\",\"EncryptionAlgorithm\":\"SYMMETRIC_DEFAULT\"}"
                .formatted(base64(key.decrypt(wrapped, request.context())), key.arn());
    }

    /// Rights come before everything that would tell something of the key.
    private TestingKmsKey usable(Request request, String region) {
        if (deniedOperations.contains(request.operation())) {
            throw TestingKmsFailure.of("AccessDeniedException");
        }
        TestingKmsKey key = Optional.ofNullable(keys.get(request.text("KeyId"))).filter(found -> found.region().equals(region))
                .orElseThrow(() -> TestingKmsFailure.of("NotFoundException"));
        key.requireEnabled();
        return key;
    }

    private static String authenticate(String authorization) {
        Matcher credential = CREDENTIAL.matcher(authorization);
        if (!credential.matches()) {
            throw TestingKmsFailure.of("IncompleteSignature");
        }
        if (!credential.group(1).equals(ACCESS_KEY)) {
            throw TestingKmsFailure.of("UnrecognizedClientException");
        }
        return credential.group(2);
    }

    private static String header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private record Request(String operation, Map<String, JsonNode> fields) {
        private void requireFields(String... names) {
            if (!fields.keySet().equals(ImmutableSet.copyOf(names))) {
                throw TestingKmsFailure.of("ValidationException");
            }
        }

        private String text(String name) {
            return Optional.ofNullable(fields.get(name)).orElseThrow().asString();
        }

        private byte[] bytes(String name) {
            return Base64.getDecoder().decode(text(name));
        }

        private Map<String, String> context() {
            return Maps.transformValues(Optional.ofNullable(fields.get("EncryptionContext")).orElseThrow().asObject(), JsonNode::asString);
        }
    }
}
