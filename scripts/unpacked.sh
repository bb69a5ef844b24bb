# shellcheck shell=bash
# Sourced by scripts/nginx and scripts/promtool: a program out of a Debian package whose installation would start a service. The
# package is fetched and unpacked below .cache instead: the machine stays as it is.

# ensure_unpacked PACKAGE FIND: what the function FIND prints, once the package is unpacked where FIND finds nothing before.
ensure_unpacked() {
  if "$2"; then return; fi
  fetch_unpacked "$1" >&2 || die "the package $1 could not be fetched"
  "$2" || die "the package $1 was unpacked, but its program does not run here"
}

# shellcheck disable=SC2154 # env.sh sets them
fetch_unpacked() {
  local package=$1 folder=$cache/$1
  have apt-get && have dpkg-deb || return 1
  mkdir -p "$folder"
  say "fetching the package $package into .cache/$package"
  # As root apt drops its rights, and may not write here: that is a note of its own, and no failure.
  (cd "$folder" && rm -f ./*.deb && apt-get -q download "$package") ||
    { "$root/scripts/packages" --update && (cd "$folder" && apt-get -q download "$package"); } || return 1
  rm -rf "$folder/root"
  dpkg-deb -x "$folder/$package"_*.deb "$folder/root" && rm -f "$folder"/*.deb
}
