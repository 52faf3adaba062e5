/// Benchmarks that compare: suites of a baseline and its rivals, run by turns, so that what else the machine does meets all of them.
@NullMarked
package io.github.trinopolicy.bench;

import org.jspecify.annotations.NullMarked;
