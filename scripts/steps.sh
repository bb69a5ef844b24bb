# shellcheck shell=bash
# Sourced by check, test and test-services: runs named steps, times them, and sums up at the end.

step_lines=()
steps_passed=0
steps_failed=0
steps_skipped=0

# step NAME COMMAND [ARG...]: a failed step is counted, and the rest goes on.
step() {
  local name=$1 began=$SECONDS status=0
  shift
  printf '\n== %s\n' "$name"
  "$@" || status=$?
  count_step "$name" "$status" $((SECONDS - began))
}

# count_step NAME STATUS SECONDS
count_step() {
  if [ "$2" = 0 ]; then
    steps_passed=$((steps_passed + 1))
    step_lines+=("$(printf 'ok    %4d s  %s' "$3" "$1")")
  else
    steps_failed=$((steps_failed + 1))
    step_lines+=("$(printf 'FAIL  %4d s  %s' "$3" "$1")")
    printf '== FAILED: %s\n' "$1"
  fi
}

# Process groups that run beside the steps: none outlives them.
beside_pids=()

# beside COMMAND [ARG...]
beside() {
  trap stop_beside EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  set -m
  "$@" </dev/null &
  beside_pids+=($!)
  set +m
}

# shellcheck disable=SC2317 # a trap calls it
stop_beside() {
  local pid
  for pid in "${beside_pids[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done
  for pid in "${beside_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [ -n "$meanwhile_folder" ]; then rm -rf "$meanwhile_folder"; fi
}

meanwhile_name=
meanwhile_pid=
meanwhile_folder=

# meanwhile NAME COMMAND [ARG...]: a step that waits more than it works, beside the next ones; one at a time. `meanwhile_is_over`
# waits for it and shows what it said.
meanwhile() {
  meanwhile_name=$1
  shift
  meanwhile_folder=$(mktemp -d "${TMPDIR:-/tmp}/mutoscope-step.XXXXXX")
  printf '\n== %s: beside the next steps\n' "$meanwhile_name"
  beside run_meanwhile "$@"
  meanwhile_pid=${beside_pids[-1]}
}

run_meanwhile() {
  local began=$SECONDS status=0
  "$@" >"$meanwhile_folder/said" 2>&1 || status=$?
  printf '%d\n' $((SECONDS - began)) >"$meanwhile_folder/seconds"
  return "$status"
}

meanwhile_is_over() {
  local status=0 seconds=0
  [ -n "$meanwhile_pid" ] || return 0
  wait "$meanwhile_pid" || status=$?
  printf '\n== %s: it ran beside the steps above\n' "$meanwhile_name"
  cat "$meanwhile_folder/said"
  read -r seconds <"$meanwhile_folder/seconds" || true
  count_step "$meanwhile_name" "$status" "$seconds"
  rm -rf "$meanwhile_folder"
  meanwhile_pid=""
  meanwhile_folder=""
}

# skip NAME REASON
skip() {
  steps_skipped=$((steps_skipped + 1))
  step_lines+=("$(printf 'SKIP          %s: %s' "$1" "$2")")
  printf '\n== SKIP %s: %s\n' "$1" "$2"
}

# finish: the summary; false when a step failed.
finish() {
  printf '\n== summary (%d s)\n' "$SECONDS"
  printf '%s\n' "${step_lines[@]}"
  printf '%d passed, %d failed, %d skipped\n' "$steps_passed" "$steps_failed" "$steps_skipped"
  [ "$steps_failed" = 0 ]
}
