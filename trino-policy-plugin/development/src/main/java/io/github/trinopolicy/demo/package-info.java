/// The demo: one command that starts a governed Trino with sample data and policies, and shows what they do.
@NullMarked
package io.github.trinopolicy.demo;

import org.jspecify.annotations.NullMarked;
