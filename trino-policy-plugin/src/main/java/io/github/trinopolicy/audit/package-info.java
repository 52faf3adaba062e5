/// Keeps what users do and what is refused to them: in the store, and in a file.
@NullMarked
package io.github.trinopolicy.audit;

import org.jspecify.annotations.NullMarked;
