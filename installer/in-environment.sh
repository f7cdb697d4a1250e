#!/bin/sh
# Starts a program of the environment from a git hook, where nobody has activated it.
# Its programs lie in bin, on Windows in Scripts.
PATH="$PWD/.venv/bin:$PWD/.venv/Scripts:$PATH"
export PATH
exec "$@"
