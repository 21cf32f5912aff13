#!/usr/bin/env bash
# Follow pages to the letter, as somebody who has nothing but Python: in an empty environment, with
# the wheels that were built, in a terminal that knows ASCII and with output in cp1252.
#
#     docs/tests/newcomer.sh WHEELS PYTHON PAGE...
#
# Each page is followed from its `pip install` on. It fails on a traceback, on an exit code that the
# page does not announce, and where a page takes more than 8 commands or 5 minutes to the first
# difference that `ato why` explains.
set -euo pipefail

wheels=$(cd "$1" && pwd)
python=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
most_commands=8
most_seconds=300
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "newcomer: $1" >&2
    [ -z "${2-}" ] || sed 's/^/    /' "$2" >&2
    exit 1
}

# What is typed runs in a shell of its own, as in a terminal that was just opened.
type_in() {
    env -u PYTHONPATH -u PYTHONHOME -u VIRTUAL_ENV -u ATO_DB -u CI \
        PATH="$environment/bin:/usr/bin:/bin" LC_ALL=C PYTHONIOENCODING=cp1252 \
        PIP_FIND_LINKS="$wheels ${PIP_FIND_LINKS-}" PIP_DISABLE_PIP_VERSION_CHECK=1 bash -c "$1"
}

follow() {
    local page=$1 name kind first second code seconds commands=0 explained=
    name=$(basename "$page")
    environment=$work/$name.env
    mkdir "$work/$name"
    "$python" -m venv "$environment"
    "$python" "$here/newcomer_steps.py" "$page" > "$work/steps"
    cd "$work/$name"
    SECONDS=0
    while IFS= read -r -d '' kind && IFS= read -r -d '' first && IFS= read -r -d '' second; do
        if [ "$kind" = save ]; then
            printf '%s' "$second" > "$first"
            continue
        fi
        commands=$((commands + 1))
        code=0
        type_in "$second" > "$work/output" 2>&1 < /dev/null || code=$?
        ! grep -q '^Traceback (most recent call last)' "$work/output" ||
            fail "$name: '$second' ends in a traceback" "$work/output"
        [ "$code" = "$first" ] ||
            fail "$name: '$second' ended with exit code $code, not $first" "$work/output"
        if [ -z "$explained" ] && [[ $second == "ato why"* ]]; then
            explained=$commands
            seconds=$SECONDS
        fi
    done < "$work/steps"
    [ -n "$explained" ] || fail "$name: nothing is explained"
    local sum="$explained commands and $seconds s from pip install to an explained difference"
    [ "$explained" -le $most_commands ] && [ "$seconds" -le $most_seconds ] || fail "$name: $sum"
    echo "newcomer: $name: $sum; $commands commands in all"
}

pages=()
for page in "$@"; do
    pages+=("$(cd "$(dirname "$page")" && pwd)/$(basename "$page")")
done
for page in "${pages[@]}"; do
    follow "$page"
done
