/// Real processes on one machine: PostgreSQL and Trino nodes that load plugins the way a production server does.
/// For the demo, end-to-end tests and benchmarks; nothing here is part of the plugin.
@NullMarked
package io.github.trinopolicy.development;

import org.jspecify.annotations.NullMarked;
