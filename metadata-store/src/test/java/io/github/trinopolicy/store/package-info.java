@NullMarked
package io.github.trinopolicy.store;

import org.jspecify.annotations.NullMarked;
