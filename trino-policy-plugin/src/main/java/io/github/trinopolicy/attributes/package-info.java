/// Lookup tables that are read into attributes of users.
@NullMarked
package io.github.trinopolicy.attributes;

import org.jspecify.annotations.NullMarked;
