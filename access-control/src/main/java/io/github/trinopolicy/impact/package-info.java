/// Tells who will see what before a change is made: from two snapshots alone, without I/O and without looking at data.
@NullMarked
package io.github.trinopolicy.impact;

import org.jspecify.annotations.NullMarked;
