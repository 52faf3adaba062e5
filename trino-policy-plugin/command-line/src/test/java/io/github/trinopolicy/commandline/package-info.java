@NullMarked
package io.github.trinopolicy.commandline;

import org.jspecify.annotations.NullMarked;
