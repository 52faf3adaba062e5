/// Kills nodes of a governed cluster while clients read, change policies, rotate keys and unmask, and looks for anything that is wrong afterwards.
@NullMarked
package io.github.trinopolicy.crash;

import org.jspecify.annotations.NullMarked;
