# shellcheck shell=bash
# Sourced by check and test: the checks that run no test, a function each.

check_shell() (
  # shellcheck disable=SC2154 # env.sh sets it
  cd "$root" || return
  files=(scripts/*.sh .ci/run)
  for file in scripts/* scripts/services/*; do
    if [ -f "$file" ] && head -n 1 "$file" | grep -q '^#!.*\(bash\|/sh\)$'; then files+=("$file"); fi
  done
  for file in "${files[@]}"; do bash -n "$file" || return; done
  if have shellcheck; then
    shellcheck -x "${files[@]}"
  else
    echo "(shellcheck is not installed: only the syntax was looked at)"
  fi
)

check_licences() { "$root/scripts/licences" --self-test && "$root/scripts/licences"; }

# A step for each part of the deployment that a tool can check, or a skip that names the tool.
deployment_steps() {
  local missing
  for part in compose units alerts; do
    if missing=$("$root/scripts/check-deployment" "$part" --find); then
      step "$("$root/scripts/check-deployment" "$part" --name)" "$root/scripts/check-deployment" "$part"
    else
      skip "$("$root/scripts/check-deployment" "$part" --name)" "$missing"
    fi
  done
}

check_docs() { "$root/scripts/docs"; }

check_format() (cd "$root" && cargo fmt --all --check)

check_clippy() (cd "$root" && cargo clippy --workspace --all-targets --locked -- -D warnings)

# The points at which the crash suite kills a process are in builds for tests alone (core/src/crash.rs). scripts/generated has
# just built the program as people build it.
check_crash_points() {
  # shellcheck disable=SC2154 # env.sh sets it
  local program=$target_dir/debug/mutoscope
  [ -x "$program" ] && ! grep -q TEST_CRASH_ORDER "$program"
}

check_web() (cd "$root/web" && npm run --silent lint && npm run --silent typecheck)
