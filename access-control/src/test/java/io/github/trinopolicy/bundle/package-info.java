@NullMarked
package io.github.trinopolicy.bundle;

import org.jspecify.annotations.NullMarked;
