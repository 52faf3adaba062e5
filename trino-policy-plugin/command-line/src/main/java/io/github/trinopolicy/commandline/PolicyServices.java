package io.github.trinopolicy.commandline;

/// Makes connections.
interface PolicyServices {
    PolicyService connect(ServerAddress address, ServerLogin login);
}
