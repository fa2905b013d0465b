#!/bin/sh
# Makes .venv from a lock, or leaves it alone when nothing it is made of has changed.
#
#   scripts/venv.sh PYTHON CHOSEN LOCK
#
# PYTHON  the interpreter to make .venv with
# CHOSEN  not empty when the user named it, so that a .venv of another version is made again
# LOCK    requirements.lock, or requirements-dev.lock, which holds all of it and the tools
set -eu

python=$1
chosen=$2
lock=$3

# Settings of pip that would install elsewhere, or something else than the lock says. Where the index is stays the user's.
unset PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_REQUIRE_VIRTUALENV PIP_REQUIRE_HASHES PIP_DRY_RUN \
  PIP_CONSTRAINT PIP_BUILD_CONSTRAINT PIP_REQUIREMENT PIP_EDITABLE PIP_NO_BINARY PIP_ONLY_BINARY PIP_NO_DEPS \
  PIP_PRE PIP_UPGRADE PIP_IGNORE_INSTALLED PIP_PLATFORM PIP_PYTHON_VERSION PIP_IMPLEMENTATION PIP_ABI

version_of() {
  "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo none
}

fingerprint() {
  { pwd; cat "$@"; } | cksum
}

holds() { # holds NAME FINGERPRINT: whether .venv was made from this
  [ -x .venv/bin/python ] && [ "$(cat ".venv/$1.stamp" 2>/dev/null)" = "$2" ]
}

refuse() {
  echo "newsdesk: Python 3.11 or newer with venv is needed; $1. Name another one: make PYTHON=python3.12 run" >&2
  exit 1
}

check_python() {
  found=$(version_of "$python")
  if [ "$found" = none ]; then
    refuse "$python cannot be run"
  elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    refuse "$python is Python $found"
  elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    refuse "$python has no venv (on Debian and Ubuntu: apt install python$found-venv)"
  fi
}

pip_install() {
  .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-input --no-user "$@"
}

locked=$(fingerprint "$lock")
project=$(fingerprint pyproject.toml qa/version.py)

usable=yes
holds requirements.lock "$(fingerprint requirements.lock)" || usable=no
if [ -n "$chosen" ] && [ "$usable" = yes ]; then
  [ "$(version_of "$python")" = "$(version_of .venv/bin/python)" ] || usable=no
fi

if [ "$usable" = no ]; then
  check_python
  echo "Installing into .venv from $lock (Python $found) ..." >&2
  "$python" -m venv --clear .venv
fi

if ! holds "$lock" "$locked"; then
  [ "$usable" = no ] || echo "Installing into .venv from $lock ..." >&2
  pip_install --require-hashes --only-binary=:all: --no-compile --no-deps --requirement "$lock"
  # On all cores, where pip uses one; without the largest package, of which next to nothing is ever imported.
  .venv/bin/python -m compileall -q -j 0 -x '/(kubernetes|pip)/' .venv/lib qa tui >/dev/null 2>&1 || true
  rm -f .venv/project.stamp
  echo "$locked" >".venv/$lock.stamp"
  fingerprint requirements.lock >.venv/requirements.lock.stamp # either lock holds all of this one
fi

if ! holds project "$project"; then
  pip_install --no-deps --no-build-isolation --editable .
  echo "$project" >.venv/project.stamp
fi
