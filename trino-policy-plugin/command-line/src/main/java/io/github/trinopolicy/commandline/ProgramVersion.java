package io.github.trinopolicy.commandline;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// Made by picocli.
final class ProgramVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        Properties properties = new Properties();
        try (InputStream in = requireNonNull(ProgramVersion.class.getResourceAsStream("version.properties"),
                "version.properties is missing")) {
            properties.load(in);
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new String[]{"policy %s for Trino %s".formatted(properties.getProperty("version"), properties.getProperty("trino"))};
    }
}
