#!/bin/sh
# This file is a program and a Java archive: the archive follows after these lines.
needs="policy needs Java @maven.compiler.release@ or newer"
java="${JAVA_HOME:+$JAVA_HOME/bin/java}"
java="${java:-java}"
if ! command -v "$java" >/dev/null 2>&1; then
    echo "$needs: '$java' is not there; install one, and let JAVA_HOME point to it" >&2
    exit 1
fi
version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p')
if [ "${version:-0}" -lt @maven.compiler.release@ ]; then
    echo "$needs, and '$java' is Java ${version:-of an unknown version}: let JAVA_HOME point to a newer one" >&2
    exit 1
fi
terminals=
[ -t 0 ] && terminals="${terminals}i"
[ -t 1 ] && terminals="${terminals}o"
[ -t 2 ] && terminals="${terminals}e"
exec "$java" -Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData "-Dpolicy.terminals=$terminals" -jar "$0" "$@"
