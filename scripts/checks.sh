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

# A debug build of the program (scripts/program) takes its dependencies from the tests' build: each has the same features in both.
# Another one would compile it, and all that use it, a second time.
check_features() (
  cd "$root" || return
  # What only runs while others are built stays out: it is compiled for itself anyway.
  local edges=no-build,no-proc-macro
  features() { cargo tree --locked --prefix none --format '{p} {f}' "$@" | sed 's/ (\*)$//' | grep -v "^mutoscope-" | sort -u; }
  tested=$(features --edges "$edges" --workspace) || return
  built=$(features --edges "$edges,no-dev" -p mutoscope-server --features as-tested) || return
  twice=$(comm -13 <(printf '%s\n' "$tested") <(printf '%s\n' "$built"))
  if [ -n "$twice" ]; then
    printf 'compiled with other features than the tests have: the feature as-tested in server/Cargo.toml lacks them\n%s\n' "$twice"
    return 1
  fi
)
