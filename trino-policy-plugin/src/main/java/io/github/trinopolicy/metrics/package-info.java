/// Tells what goes on in a node as numbers: by JMX and by OpenTelemetry.
@NullMarked
package io.github.trinopolicy.metrics;

import org.jspecify.annotations.NullMarked;
