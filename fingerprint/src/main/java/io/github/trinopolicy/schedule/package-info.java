/// Work that is done again and again, by one coordinator of all that share a store.
@NullMarked
package io.github.trinopolicy.schedule;

import org.jspecify.annotations.NullMarked;
