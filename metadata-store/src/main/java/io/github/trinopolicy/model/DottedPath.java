package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableList;
import java.util.List;

/// The hierarchy that tags and purposes share: `A.B` lies below `A`. Matching is by whole steps and by letter case.
public final class DottedPath {
    private DottedPath() {
    }

    /// True when `path` is `ancestor` or lies below it.
    public static boolean isSameOrBelow(String path, String ancestor) {
        return path.startsWith(ancestor) && (path.length() == ancestor.length() || path.charAt(ancestor.length()) == '.');
    }

    /// The path itself and its ancestors, the longest first.
    public static List<String> selfAndAncestors(String path) {
        ImmutableList.Builder<String> result = ImmutableList.builder();
        for (int end = path.length(); end > 0; end = path.lastIndexOf('.', end - 1)) {
            result.add(path.substring(0, end));
        }
        return result.build();
    }
}
