#!/bin/sh
# Writes requirements.lock and requirements-dev.lock from pyproject.toml: every version pinned, with the hashes of all its
# files, for Linux and macOS and every Python that pyproject.toml allows. No address of an index gets into them.
#
#   scripts/lock.sh PYTHON
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_REQUIRE_VIRTUALENV PIP_REQUIRE_HASHES VIRTUAL_ENV
unset UV_FIND_LINKS UV_INDEX UV_EXTRA_INDEX_URL UV_CONFIG_FILE UV_OVERRIDE UV_CONSTRAINT UV_PRERELEASE UV_RESOLUTION

"$1" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-user 'uv>=0.9,<1'

compile() { # compile LOCK WHAT ARGUMENT...
  lock=$1
  what=$2
  shift 2
  "$work/venv/bin/uv" pip compile --quiet --no-config --no-sources --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
    --upgrade --output-file "$work/$lock" --group build "$@" pyproject.toml
  {
    echo "# $what Written by \`make lock\` from pyproject.toml; do not edit."
    echo "# pip install --require-hashes --requirement $lock"
    cat "$work/$lock"
  } >"$work/$lock.whole"
  if grep -nE '://|file:|--(index|extra|find)|@ |^(/|\.)' "$work/$lock.whole"; then
    echo "newsdesk: $lock would name an index or a path (above); nothing was written" >&2
    exit 1
  fi
}

# The tools first, and what Newsdesk runs on within their choice, so that both locks agree on every version.
compile requirements-dev.lock "What Newsdesk runs on and is tested with." --extra dev
compile requirements.lock "What Newsdesk runs on." --constraint "$work/requirements-dev.lock"

for lock in requirements.lock requirements-dev.lock; do
  cp "$work/$lock.whole" "$lock"
  echo "$lock: $(grep -c '==' "$lock") packages"
done
