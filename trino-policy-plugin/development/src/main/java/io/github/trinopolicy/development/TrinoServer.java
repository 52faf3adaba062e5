package io.github.trinopolicy.development;

import io.trino.server.Server;

/// The main class of a node's process: Trino's own server, configured by `etc/` in the working directory.
public final class TrinoServer {
    /// The release that is on the class path; Trino reports it and announces it to the other nodes, which must run the same.
    static final String VERSION = "483";

    private TrinoServer() {
    }

    public static void main(String[] arguments) {
        ParentWatch.start();
        new Server().start(VERSION);
    }
}
