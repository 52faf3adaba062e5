package io.github.trinopolicy.crypto;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;

/// Files of test vectors beside the tests.
final class TestingVectors {
    private TestingVectors() {
    }

    static JsonNode read(String name) {
        try (InputStream stream = requireNonNull(TestingVectors.class.getResourceAsStream("/vectors/" + name), "no vectors " + name)) {
            return new ObjectMapper().readTree(stream);
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] hex(JsonNode test, String field) {
        return HexFormat.of().parseHex(test.required(field).textValue());
    }
}
