#!/bin/sh
# Builds Weft on Debian 12 or 13 and runs it: installs the packages of packaging/apt.txt that are missing (for "test"
# those of apt-tests.txt as well), configures and builds the preset "release" with all cores. A second time nothing is
# installed and no network is needed.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

usage() {
  cat <<'TEXT'
Usage: ./weft.sh COMMAND [arguments]

  build   install what is missing, configure, build
  demo    build, then run "weft demo"; arguments are passed on
  test    build, then run the quick tests; arguments are passed to ctest
TEXT
}

fail() {
  echo "weft.sh: $*" >&2
  exit 1
}

wanted_packages() {
  sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$root/packaging/$1"
}

# What of that list is not installed, on one line.
missing_packages() {
  for package in $(wanted_packages "$1"); do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || printf '%s ' "$package"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    fail "root rights are needed to install packages and there is no sudo; as root, run: $*"
  fi
}

apt_install() {
  # Word splitting is meant: $1 is a list of names.
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $1 </dev/null
}

# Of the list with this name.
install_packages() {
  command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1 ||
    fail "this script installs packages of Debian 12 or 13 and finds no apt-get here. Install what packaging/apt.txt lists and build with: cmake --preset release && cmake --build --preset release"
  missing=$(missing_packages "$1")
  [ -n "$missing" ] || return 0
  release=$(. /etc/os-release 2>/dev/null && echo "${ID:-unknown} ${VERSION_ID:-}" || echo unknown)
  case $release in
    "debian 12" | "debian 13" | "debian ") ;;
    *) echo "weft.sh: this is $release; Weft is made for Debian 12 and 13, package names may differ" >&2 ;;
  esac
  echo "weft.sh: installing $missing" >&2
  # The package lists are fetched only where they do not know all of the names or are too old to install from.
  # shellcheck disable=SC2086
  if ! apt-cache show --no-all-versions $missing >/dev/null 2>&1 || ! apt_install "$missing"; then
    as_root apt-get update </dev/null || fail "the package lists cannot be fetched: is there a network?"
    apt_install "$missing" || fail "packages could not be installed: $missing"
  fi
}

build() {
  install_packages apt.txt
  cd "$root"
  cmake --preset release </dev/null
  cmake --build --preset release --parallel "$(nproc)" </dev/null
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  build)
    build
    ;;
  demo)
    build
    exec ./build/release/app/weft demo "$@"
    ;;
  test)
    build
    # In a shell of its own: without these packages some tests are skipped, and the others run.
    (install_packages apt-tests.txt) || echo "weft.sh: tests that need a package of packaging/apt-tests.txt are skipped" >&2
    exec ctest --preset quick -j "$(nproc)" "$@"
    ;;
  -h | --help | help)
    usage
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac
