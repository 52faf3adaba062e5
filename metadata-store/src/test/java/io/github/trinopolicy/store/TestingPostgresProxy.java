package io.github.trinopolicy.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/// Stands between a client and a server, and cuts a connection at the worst moment: a COMMIT has reached the server or not, and the
/// client does not learn which.
final class TestingPostgresProxy implements AutoCloseable {
    enum Fault {
        NONE,
        /// the server commits, the answer is lost
        LOSE_ANSWER_TO_COMMIT,
        /// the server never sees it
        LOSE_COMMIT,
        /// as the former, and no connection is accepted any more
        LOSE_COMMIT_AND_SERVER,
    }

    private final ServerSocket listener;
    private final int serverPort;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile Fault fault = Fault.NONE;

    TestingPostgresProxy(int serverPort)
            throws IOException {
        this.serverPort = serverPort;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        startDaemon(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /// Happens to the next COMMIT of any connection.
    void setFault(Fault fault) {
        this.fault = fault;
    }

    @Override
    public void close()
            throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                sockets.add(client);
                sockets.add(server);
                AtomicBoolean muted = new AtomicBoolean();
                startDaemon(() -> forwardRequests(client, server, muted));
                startDaemon(() -> forwardAnswers(server, client, muted));
            }
            catch (IOException _) {
                // the listener was closed
                return;
            }
        }
    }

    private void forwardRequests(Socket client, Socket server, AtomicBoolean muted) {
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = server.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                Fault present = new String(buffer, 0, length, ISO_8859_1).contains("COMMIT") ? fault : Fault.NONE;
                if (present != Fault.NONE) {
                    fault = Fault.NONE;
                    muted.set(true);
                }
                switch (present) {
                    case NONE -> out.write(buffer, 0, length);
                    case LOSE_ANSWER_TO_COMMIT -> {
                        out.write(buffer, 0, length);
                        // a reset could overtake the COMMIT; the answers' thread reads until the server has closed
                        server.shutdownOutput();
                        client.close();
                        return;
                    }
                    case LOSE_COMMIT -> {
                        server.close();
                        return;
                    }
                    case LOSE_COMMIT_AND_SERVER -> {
                        close();
                        return;
                    }
                }
            }
            server.shutdownOutput();
        }
        catch (IOException _) {
            // one of both is gone, and so is the connection
        }
    }

    private static void forwardAnswers(Socket server, Socket client, AtomicBoolean muted) {
        try (server; client) {
            InputStream in = server.getInputStream();
            OutputStream out = client.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (!muted.get()) {
                    out.write(buffer, 0, length);
                }
            }
        }
        catch (IOException _) {
            // one of both is gone, and so is the connection
        }
    }

    private static void startDaemon(Runnable work) {
        Thread.ofPlatform().name("testing-postgres-proxy").daemon().start(work);
    }
}
