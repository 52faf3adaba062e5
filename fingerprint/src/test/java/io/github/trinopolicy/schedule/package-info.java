@NullMarked
package io.github.trinopolicy.schedule;

import org.jspecify.annotations.NullMarked;
