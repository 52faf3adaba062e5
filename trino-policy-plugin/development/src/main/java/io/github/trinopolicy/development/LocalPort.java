package io.github.trinopolicy.development;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;

/// Finds TCP ports of the loopback address for processes that are about to start.
public final class LocalPort {
    private LocalPort() {
    }

    /// Distinct ports on which nobody listens now. Another process may take one before its use; the one started then fails with a clear message.
    public static Set<Integer> findFree(int count) {
        Set<ServerSocket> sockets = new HashSet<>();
        try {
            Set<Integer> ports = new HashSet<>();
            // all are held until the last is found, so that none comes twice
            while (ports.size() < count) {
                ServerSocket socket = bind(0);
                sockets.add(socket);
                ports.add(socket.getLocalPort());
            }
            return Set.copyOf(ports);
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        finally {
            sockets.forEach(LocalPort::close);
        }
    }

    public static int findFree() {
        return findFree(1).iterator().next();
    }

    public static boolean isFree(int port) {
        try (ServerSocket _ = bind(port)) {
            return true;
        }
        catch (IOException e) {
            return false;
        }
    }

    private static ServerSocket bind(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        }
        catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
