#!/bin/sh
# Checks what can be checked of the packaging without using it. Each tool must be there.
set -eu
cd "$(dirname "$0")/.."

step() {
  printf '== %s\n' "$*"
  "$@"
}

# The unit, with a program that this machine has, and without the word that a release fills in.
unit=$(mktemp -d)/nash-llm.service
trap 'rm -r "$(dirname "$unit")"' EXIT
sed -e 's#^ExecStart=/usr/local/bin/nash-llm#ExecStart=/bin/true#' -e '/@NASH_LLM_REPOSITORY@/d' \
  packaging/systemd/nash-llm.service >"$unit"

step shellcheck packaging/install.sh packaging/lint.sh packaging/docker/try.sh .ci/run
step hadolint packaging/docker/Dockerfile
step actionlint
step systemd-analyze verify "$unit"
# The exposure level, ten times: 14 when this was written.
step systemd-analyze security --offline=true --no-pager --threshold=15 "$unit"
step ruby -c packaging/homebrew/nash-llm.rb
