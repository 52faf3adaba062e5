package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Speaks the protocol of statements by hand, as a client may that is not as well-behaved as others.
final class TestingProtocolClient {
    private static final Pattern NEXT = Pattern.compile("\"nextUri\" *: *\"([^\"]+)\"");

    private final TestingPolicyServer server;

    TestingProtocolClient(TestingPolicyServer server) {
        this.server = requireNonNull(server, "server is null");
    }

    /// All that the server answers to a statement with these headers.
    String answers(Map<String, String> headers, String sql)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.runner().getCoordinator().getBaseUrl().resolve("/v1/statement"));
        headers.forEach(request::header);
        try (HttpClient client = HttpClient.newHttpClient()) {
            String answer = client
                    .send(request.POST(HttpRequest.BodyPublishers.ofString(sql)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            StringBuilder answers = new StringBuilder(answer);
            for (Matcher next = NEXT.matcher(answer); next.find(); next = NEXT.matcher(answer)) {
                HttpRequest.Builder following = HttpRequest.newBuilder(URI.create(next.group(1)));
                headers.forEach(following::header);
                answer = client.send(following.build(), HttpResponse.BodyHandlers.ofString()).body();
                answers.append(answer);
            }
            return answers.toString();
        }
    }
}
