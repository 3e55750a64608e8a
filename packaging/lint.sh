#!/bin/sh
# Checks what can be checked of the packaging without using it. Each tool must be there.
set -eu
cd "$(dirname "$0")/.."

step() {
  printf '== %s\n' "$*"
  "$@"
}

# The units, with a program that this machine has, and without the word that a release fills in.
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
for name in nash-llm.service nash-llm@.service; do
  sed -e 's#^ExecStart=/usr/local/bin/nash-llm#ExecStart=/bin/true#' -e '/@NASH_LLM_REPOSITORY@/d' \
    "packaging/systemd/$name" >"$folder/$name"
done
cp "$folder/nash-llm@.service" "$folder/nash-llm@1.service"
mkdir "$folder/nash-llm@1.service.d"
cp packaging/systemd/nash-llm-store.conf "$folder/nash-llm@1.service.d/store.conf"

step shellcheck packaging/install.sh packaging/lint.sh packaging/docker/try.sh packaging/systemd/try.sh .ci/run
step hadolint packaging/docker/Dockerfile
step actionlint
for unit in "$folder/nash-llm.service" "$folder/nash-llm@1.service"; do
  step systemd-analyze verify "$unit"
  # The exposure level, ten times: 14 when this was written.
  step systemd-analyze security --offline=true --no-pager --threshold=15 "$unit"
done
step promtool check rules packaging/prometheus/alerts.yaml
step promtool test rules packaging/prometheus/alerts.test.yaml
step promtool check config --syntax-only packaging/prometheus/prometheus.yaml
step yamllint -d '{extends: default, rules: {line-length: {max: 200}, document-start: disable, braces: disable}}' packaging
step ruby -c packaging/homebrew/nash-llm.rb
