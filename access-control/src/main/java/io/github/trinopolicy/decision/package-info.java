/// Decides what a user may do with a table and how it looks to him, from one immutable snapshot of all policies. Nothing here does I/O.
@NullMarked
package io.github.trinopolicy.decision;

import org.jspecify.annotations.NullMarked;
