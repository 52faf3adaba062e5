package io.github.trinopolicy.enforcement;

import io.github.trinopolicy.model.Policy.Level;

/// What is allowed on tables of which neither they nor their schema or catalog is registered.
public enum UngovernedTables {
    DENY,
    READ,
    ALLOW;

    boolean allows(Level level) {
        return switch (this) {
            case DENY -> false;
            case READ -> level == Level.READ;
            case ALLOW -> true;
        };
    }
}
