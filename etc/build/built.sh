# Sourced by the scripts of the top directory, with $root set to it: builds what is stale and sets $java.

development=$root/trino-policy-plugin/development/target
# the last file that the build writes; it names the JDK that the build has chosen
stamp=$development/server/java-home

is_built() {
    [ -f "$stamp" ] || return 1
    java=$(cat "$stamp")/bin/java
    # the JDK may have been replaced since
    [ -x "$java" ] || return 1
    # directories too: deleting or renaming a source changes only them
    [ -z "$(find "$root" -name target -prune -o -name .git -prune -o \
        \( -name pom.xml -o -path '*/src/main*' \) -newer "$stamp" -print -quit)" ]
}

build() {
    if ! command -v mvn >/dev/null; then
        echo "$0: Maven is missing; install Apache Maven 3.8.7 or newer" >&2
        exit 1
    fi
    if [ -f "$stamp" ]; then
        echo "Building what has changed ..."
    else
        echo "Building for the first time; this takes some minutes and downloads what Trino needs ..."
    fi
    # a source saved while the build runs is newer than this
    local begin
    begin=$(mktemp)
    # shellcheck disable=SC2064
    trap "rm -f '$begin'" EXIT
    # Maven resets the colours of the terminal even where it uses none
    (cd "$root" && mvn -q -B -Dstyle.color=never -DskipTests package 2>&1 </dev/null | sed -u $'s/\x1b\\[[0-9;]*m//g') || {
        echo "$0: the build failed; see above" >&2
        exit 1
    }
    touch -r "$begin" "$stamp"
    rm -f "$begin"
    trap - EXIT
    java=$(cat "$stamp")/bin/java
}

is_built || build
