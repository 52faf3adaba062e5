package io.github.trinopolicy.crash;

import java.sql.SQLException;

/// Something that a client does again and again. What must not be it reports to the findings; what cannot be done now it throws.
interface Act {
    /// How it is counted.
    String kind();

    void perform() throws SQLException;
}
