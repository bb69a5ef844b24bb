# shellcheck shell=bash
# Sourced by scripts/services/elasticsearch and opensearch: one node from Maven Central's jars, in a JVM of its own.
#
# The script sets these before, and `$service_url` names the variable that the command finds its address in:
#   node_class    the Java source beside the scripts that starts the node
#   node_java     the least version of Java that it runs on
#   node_version  its version; the jars are kept by it
#   node_size     what is downloaded, in words
#   node_poms     the dependencies, as Maven's XML

# shellcheck disable=SC2154 # the script that sources this sets them, and services.sh the rest
jars=$downloads/$node_version

# java_of_node: prints a Java with a compiler (it runs a source file) that is new enough.
java_of_node() {
  local java version
  for java in "${JAVA_HOME:-/nonexistent}/bin/java" "$(command -v java || true)" /usr/lib/jvm/*/bin/java; do
    [ -x "$java" ] || continue
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
    if [ "${version:-0}" -ge "$node_java" ] && "$java" --list-modules | grep -q '^jdk.compiler'; then
      printf '%s\n' "$java"
      return
    fi
  done
  return 1
}

find_tools() {
  java_of_node >/dev/null || { echo "no JDK $node_java or newer on this machine (Debian: default-jdk-headless)" && return 1; }
  have curl || { echo "no curl on this machine" && return 1; }
  [ -e "$jars.whole" ] || have mvn || { echo "no Maven on this machine (Debian: maven)" && return 1; }
}

fetch() {
  if [ -e "$jars.whole" ]; then return; fi
  say "downloading $service $node_version ($node_size, from Maven Central)"
  rm -rf "$jars"
  mkdir -p "$jars"
  cat >"$jars/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>mutoscope</groupId><artifactId>$service-for-tests</artifactId><version>1</version>
  <dependencies>$node_poms</dependencies>
</project>
POM
  fetch_jars "$jars" || return
  touch "$jars.whole"
}

start() {
  local http transport java
  java=$(java_of_node) || return
  http=$(free_port) transport=$(free_port)
  mkdir -p "$folder/config"
  background "$java" -Xms256m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.io.tmpdir="$folder" \
    -cp "$jars/libs/*" "$root/scripts/services/$node_class" "$folder" "$http" "$transport"
  wait_for 90 curl --silent --fail --max-time 2 "http://127.0.0.1:$http/_cluster/health" || return
  export "$service_url=http://127.0.0.1:$http"
}
