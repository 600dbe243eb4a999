#!/bin/sh
# Runs the tests of one kind: tools/pytest-kind.sh system|slow. That there are none is no failure.
set -eu

case $1 in
    system) kind="system and not slow" ;;
    *) kind=$1 ;;
esac
status=0
# One file after the other in each process: the tests of a file share what they have built.
.venv/bin/python -m pytest -n auto --dist loadfile -m "$kind" || status=$?
if [ "$status" -eq 5 ]; then
    echo "There are no $1 tests in this version."
    exit 0
fi
exit "$status"
