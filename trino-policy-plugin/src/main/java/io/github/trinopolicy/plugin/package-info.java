/// The plugin as Trino loads it, and its wiring.
@NullMarked
package io.github.trinopolicy.plugin;

import org.jspecify.annotations.NullMarked;
