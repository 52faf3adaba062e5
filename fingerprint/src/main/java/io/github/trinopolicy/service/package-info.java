/// How the plugin asks Trino: by SQL, as the service user.
@NullMarked
package io.github.trinopolicy.service;

import org.jspecify.annotations.NullMarked;
