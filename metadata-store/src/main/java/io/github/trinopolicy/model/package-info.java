/// The words of the product as immutable values: what a bundle declares, what the store keeps, what a decision reads.
/// Nothing here knows Trino, JDBC or YAML.
@NullMarked
package io.github.trinopolicy.model;

import org.jspecify.annotations.NullMarked;
