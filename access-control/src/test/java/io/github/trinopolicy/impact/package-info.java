@NullMarked
package io.github.trinopolicy.impact;

import org.jspecify.annotations.NullMarked;
