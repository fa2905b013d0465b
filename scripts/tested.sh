#!/bin/sh
# Runs the tests with types and import contracts beside them: those keep one core busy for a minute, and the tests wait for
# servers and processes much of their time. What the checks found is said last, where it is seen.
#
#   scripts/tested.sh BIN [OPTION OF PYTEST]...
#
# BIN  the folder of the environment's commands
#
# Ends with 0 when everything holds, 1 when anything does not.
set -u

bin=$1
shift
said=$(mktemp)
{ nice "$bin/mypy" && nice "$bin/lint-imports" --no-logo; } >"$said" 2>&1 &
checking=$!
trap 'rm -f "$said"' EXIT
trap 'kill "$checking" 2>/dev/null; exit 1' INT TERM

held=0
env -u http_proxy -u https_proxy -u all_proxy -u HTTP_PROXY -u HTTPS_PROXY -u ALL_PROXY \
  "$bin/python" -m pytest "$@" || held=1
wait "$checking" || held=1
cat "$said"
exit "$held"
