@NullMarked
package io.github.trinopolicy.keys;

import org.jspecify.annotations.NullMarked;
