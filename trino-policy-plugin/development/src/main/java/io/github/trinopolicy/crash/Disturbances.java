package io.github.trinopolicy.crash;

/// When the cluster was not whole. Made by one thread, read by all.
final class Disturbances {
    private static final long DISTURBED = -1;

    private long begun;
    private boolean whole = true;

    synchronized void begin() {
        begun++;
        whole = false;
    }

    synchronized void end() {
        whole = true;
    }

    /// To be taken before something is tried.
    synchronized long mark() {
        return whole ? begun : DISTURBED;
    }

    /// Whether the cluster was not whole at any moment since the mark.
    synchronized boolean since(long mark) {
        return mark != begun;
    }
}
