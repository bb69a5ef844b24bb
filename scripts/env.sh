# shellcheck shell=bash
# Sourced by every script: where things are, and how to speak. Nothing here installs or builds.
#
# What we download stays inside the checkout:
#   .tools/   Rust and Node, only where the machine's own are missing or too old
#   .cache/   npm's cache, stamps, and cargo's home where the user has none yet

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export MUTOSCOPE_ROOT=$root
tools=$root/.tools
cache=$root/.cache
export target_dir=${CARGO_TARGET_DIR:-$root/target}

say() { printf '%s\n' "mutoscope: $*"; }
warn() { printf '%s\n' "mutoscope: $*" >&2; }
die() {
  warn "$*"
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least 20.19.4 20.19: true when the first is the second or newer.
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# The user's own cargo may be installed and yet not on PATH: sudo resets it, and so does a plain login shell.
if [ -d "${HOME:-/nonexistent}/.cargo/bin" ]; then PATH=$PATH:$HOME/.cargo/bin; fi

# Rust and Node that scripts/toolchain put into the checkout come first, so that one checkout is always
# built by one toolchain.
if [ -x "$tools/cargo/bin/cargo" ]; then
  export RUSTUP_HOME=$tools/rustup CARGO_HOME=$tools/cargo
  PATH=$tools/cargo/bin:$PATH
fi
if [ -x "$tools/node/bin/node" ]; then PATH=$tools/node/bin:$PATH; fi
export PATH

# Cargo keeps downloaded crates in its home. Somebody who uses cargo already has one: we use it as it is, since
# another would build everything a second time whenever `cargo` and `make` take turns. Somebody who has none gets
# one inside the checkout, so that nothing outside of it is touched; once there, it stays in use.
if [ -z "${CARGO_HOME:-}" ]; then
  if [ -d "$cache/cargo" ] || ! [ -d "${HOME:-/nonexistent}/.cargo/registry" ]; then
    export CARGO_HOME=$cache/cargo
  fi
fi

export npm_config_cache=$cache/npm
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
