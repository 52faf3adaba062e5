package io.github.trinopolicy.crash;

import java.sql.SQLException;
import java.time.Duration;

/// Something that a client does again and again. What must not be it reports to the findings; what cannot be done now it throws.
interface Act {
    /// How it is counted.
    String kind();

    void perform() throws SQLException;

    /// How long a client rests after it: what is quickly done shall not keep the others from the processors.
    default Duration rest() {
        return Duration.ZERO;
    }
}
