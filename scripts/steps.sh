# shellcheck shell=bash
# Sourced by check and test: runs named steps one after the other, times them, and sums up at the end.

step_lines=()
steps_passed=0
steps_failed=0
steps_skipped=0

# step NAME COMMAND [ARG...]: a failed step is counted, and the rest goes on.
step() {
  local name=$1 began=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  if "$@"; then
    steps_passed=$((steps_passed + 1))
    step_lines+=("$(printf 'ok    %4d s  %s' $((SECONDS - began)) "$name")")
  else
    steps_failed=$((steps_failed + 1))
    step_lines+=("$(printf 'FAIL  %4d s  %s' $((SECONDS - began)) "$name")")
    printf '== FAILED: %s\n' "$name"
  fi
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
