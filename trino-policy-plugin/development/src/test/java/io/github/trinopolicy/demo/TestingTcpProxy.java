package io.github.trinopolicy.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A network of one port between clients and a server on this machine: it can be cut, be slow, and lead to another server.
final class TestingTcpProxy implements AutoCloseable {
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int serverPort;
    private volatile Duration delay = Duration.ZERO;
    private Optional<ServerSocket> listener = Optional.empty();

    /// Cut at first.
    TestingTcpProxy(int port) {
        this.port = port;
    }

    int port() {
        return port;
    }

    /// Holds each answer of the server back for a while, from now on.
    void delayAnswers(Duration delay) {
        this.delay = delay;
    }

    /// Takes connections to a server.
    synchronized void connectTo(int serverPort) {
        cut();
        this.serverPort = serverPort;
        try {
            ServerSocket opened = new ServerSocket();
            opened.setReuseAddress(true);
            opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            listener = Optional.of(opened);
            Thread.ofVirtual().start(() -> accept(opened));
        }
        catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// New connections go to another server.
    synchronized void leadTo(int serverPort) {
        this.serverPort = serverPort;
        sockets.forEach(TestingTcpProxy::close);
    }

    /// Ends all connections and refuses new ones.
    synchronized void cut() {
        listener.ifPresent(TestingTcpProxy::close);
        listener = Optional.empty();
        sockets.forEach(TestingTcpProxy::close);
        sockets.clear();
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket client = from.accept();
                sockets.add(client);
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                sockets.add(server);
                Thread.ofVirtual().start(() -> pass(client, server, false));
                Thread.ofVirtual().start(() -> pass(server, client, true));
                if (from.isClosed()) {
                    cut();
                }
            }
            catch (IOException e) {
                // the server is gone, or the network was cut
                if (!from.isClosed()) {
                    sockets.forEach(TestingTcpProxy::close);
                }
            }
        }
    }

    private void pass(Socket from, Socket to, boolean answers) {
        byte[] buffer = new byte[8192];
        try (from; to; InputStream input = from.getInputStream(); OutputStream output = to.getOutputStream()) {
            for (int length = input.read(buffer); length >= 0; length = input.read(buffer)) {
                if (answers) {
                    Thread.sleep(delay);
                }
                output.write(buffer, 0, length);
            }
        }
        catch (IOException e) {
            // either end hung up, so both shall
        }
        catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        }
        catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        cut();
    }
}
