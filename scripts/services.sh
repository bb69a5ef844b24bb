# shellcheck shell=bash
# Sourced by every script in scripts/services/: a real service on loopback, for as long as a command runs.
#
#   scripts/services/NAME run COMMAND [ARG...]   starts it, exports its addresses, runs the command, stops it
#   scripts/services/NAME --find                 whether its tools are here; prints what is missing
#   scripts/services/NAME --fetch                brings what it needs from elsewhere, so that `run` need not wait for it
#
# They nest: `scripts/services/postgres run scripts/services/kafka run COMMAND` has both. A script sources this file,
# defines these functions, and ends with `service_main "$@"`:
#
#   find_tools   prints what is missing and fails, or succeeds in silence
#   fetch        brings what is downloaded into $downloads, which is kept between runs
#   start        starts the service with `background`, its files in $folder (new, removed at the end), waits with
#                `wait_for` until it answers, and exports its addresses; false has it tried again on other ports
#
# `set -e` does not hold inside these functions: what may fail in them ends with `|| return`.
#
# The service listens on loopback only, on free ports, and is gone with the command, whatever ends that.

# shellcheck source=scripts/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

service=$(basename "$0")
downloads=$cache/services/$service
folder=
service_pids=()
command_pid=

# free_port: prints a port of loopback on which nobody listens, below those that outgoing connections take.
free_port() {
  local port
  while :; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      printf '%s\n' "$port"
      return
    fi
  done
}

# secret: prints a new password, hexadecimal.
secret() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# background COMMAND [ARG...]: the service's process; it says what it has to say in $folder/log, and ends even when
# this script is killed outright.
background() {
  (cd "$folder" && exec setpriv --pdeathsig KILL "$@") >>"$folder/log" 2>&1 </dev/null &
  service_pids+=($!)
}

# wait_for SECONDS COMMAND [ARG...]: until the command succeeds; false when a process has ended or the time is over.
wait_for() {
  local deadline=$((SECONDS + $1)) pid
  shift
  while [ "$SECONDS" -lt "$deadline" ]; do
    for pid in "${service_pids[@]}"; do kill -0 "$pid" 2>/dev/null || return 1; done
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.2
  done
  return 1
}

# fetch_jars FOLDER: from Maven Central into FOLDER/libs, by FOLDER/pom.xml. One at a time: all use one repository of Maven's.
fetch_jars() {
  flock "$cache/services" mvn -q -B -f "$1/pom.xml" -Dmaven.repo.local="$cache/services/maven" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$1/libs"
}

# What it holds is thrown away: nothing is lost by ending it at once.
stop_service() {
  local pid
  for pid in "${service_pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  for pid in "${service_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  service_pids=()
}

# shellcheck disable=SC2317 # a trap calls it
stop_all() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  if [ -n "$command_pid" ]; then
    kill -TERM -- "-$command_pid" 2>/dev/null || true
    wait "$command_pid" 2>/dev/null || true
  fi
  stop_service
  if [ -n "$folder" ]; then rm -rf "$folder"; fi
  exit "$status"
}

# start_service: a few times, as a port that was free may be taken a moment later.
start_service() {
  for _ in 1 2 3; do
    rm -rf "$folder"
    mkdir -m 700 "$folder"
    if start; then return; fi
    stop_service
  done
  tail -n 20 "$folder/log" >&2 || true
  die "$service did not start"
}

service_main() {
  local missing what=${1:-}
  case $what in
    --find)
      find_tools
      return
      ;;
    run)
      shift
      [ $# -gt 0 ] || die "usage: scripts/services/$service run COMMAND [ARG...]"
      ;;
    --fetch) ;;
    *) die "usage: scripts/services/$service run COMMAND [ARG...], or --find, or --fetch" ;;
  esac
  missing=$(find_tools) || die "$service can't run: $missing"
  mkdir -p "$downloads"
  # Two runs at a time fetch once.
  (flock 9 && fetch) 9>"$downloads/.lock" || die "what $service needs could not be downloaded"
  if [ "$what" = --fetch ]; then return; fi
  folder=$(mktemp -d "${TMPDIR:-/tmp}/mutoscope-$service.XXXXXX")
  trap stop_all EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  start_service
  # In the background, so that a signal is acted on while the command runs, and in a process group of its own, so that
  # what it started ends with it.
  set -m
  "$@" </dev/null &
  command_pid=$!
  set +m
  local status=0
  wait "$command_pid" || status=$?
  command_pid=
  exit "$status"
}
