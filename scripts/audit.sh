#!/bin/sh
# Looks for known weaknesses in what a lock pins, without installing any of it. Needs the network.
#
#   scripts/audit.sh PYTHON LOCK
#
# Ends with 0 when none is known, 1 when one is, 2 when that could not be found out: an audit that did not happen must not
# look like one that found nothing.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_REQUIRE_VIRTUALENV PIP_REQUIRE_HASHES VIRTUAL_ENV

if ! "$1" -m venv "$work/venv" ||
  ! "$work/venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-user 'pip-audit>=2.9,<3'; then
  echo "newsdesk: pip-audit could not be installed; is there a network? Nothing was audited" >&2
  exit 2
fi

done=0
"$work/venv/bin/pip-audit" --requirement "$2" --require-hashes --disable-pip --strict --progress-spinner off \
  --format json --output "$work/found.json" || done=$?
if ! [ -s "$work/found.json" ]; then
  echo "newsdesk: $2 could not be audited; is there a network? (pip-audit ended with $done)" >&2
  exit 2
fi
exec "$work/venv/bin/python" - "$2" "$work/found.json" <<'END'
import json
import sys

lock, found = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))["dependencies"]
passed_over = [one["name"] for one in found if "skip_reason" in one]
weak = [(one["name"], one["version"], known) for one in found for known in one.get("vulns", ())]
for name, version, known in weak:
    print(f"{name} {version}: {known['id']} {', '.join(known['aliases'])}; fixed in {', '.join(known['fix_versions']) or 'no version'}")
print(f"{lock}: {len(found)} packages, {len(weak)} known weaknesses" + f"; not looked up: {', '.join(passed_over)}" * bool(passed_over))
sys.exit(1 if weak else 2 if passed_over or not found else 0)
END
