package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The release of Trino that the plugin was built for. Another one may ask other questions of an access control, and take no answer for
/// permission, so none works with it.
record SupportedTrino(String version) {
    /// What the server of `trino-testing` calls itself. It has no release: it runs within a test, whose build says which Trino that is.
    private static final String TESTING_SERVER = "testversion";

    SupportedTrino {
        requireNonNull(version, "version is null");
    }

    static SupportedTrino ofBuild() {
        Properties build = new Properties();
        try (InputStream properties = requireNonNull(SupportedTrino.class.getResourceAsStream("build.properties"), "properties is null")) {
            build.load(properties);
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SupportedTrino(build.getProperty("trino.version"));
    }

    /// @param running the release that this node runs
    /// @throws IllegalStateException when it is another one
    void require(String running) {
        if (!running.equals(version) && !running.equals(TESTING_SERVER)) {
            throw new IllegalStateException(
                    ("The policy plugin in this node's plugin directory was built for Trino %s, and the node runs Trino %s: install the plugin for %2$s, "
                            + "or Trino %1$s; the name of the plugin's zip says which it is for").formatted(version, running));
        }
    }
}
