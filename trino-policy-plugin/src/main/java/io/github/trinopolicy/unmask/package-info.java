/// Tells the nodes what a query may unmask, and notes what it does.
@NullMarked
package io.github.trinopolicy.unmask;

import org.jspecify.annotations.NullMarked;
