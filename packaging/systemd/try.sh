#!/bin/sh
# Starts the units for real, under a systemd of their own in namespaces, with nothing of this machine but its files to
# read: a server by itself, two that share a port and a store, and the restart of one of them. Needs root, Linux with
# overlayfs, systemd 250 or later, Redis, curl. Nothing that it writes outlives it.
#
#   packaging/systemd/try.sh PROGRAM
# Functions are called by `check`.
# shellcheck disable=SC2317
set -eu
self=$(realpath "$0")
units=$(dirname "$self")

# 3. Within: the first process of all is systemd, and this its one service.
if [ "${1:-}" = --within ]; then
  check() {
    if "$@" >/dev/null 2>&1; then echo "ok: $*"; else echo "FAILED: $*" && failed=1; fi
  }
  failed=
  token=$(cat /etc/nash-llm/token)
  body='{"messages":[{"role":"user","content":"Hello"}],"model":"demo","api_key":"any-word","api_base_url":"http://demo.invalid/v1","stream_options":{"resumable":true}}'
  ask() { curl -fsS -D "$1" http://127.0.0.1:8001/v1/chat/completions/stream -H "authorization: Bearer $token" -H 'content-type: application/json' -d "$body"; }
  answers() { ask /tmp/head | grep -q '^data: \[DONE\]'; }
  reads_on() { curl -fsS -H 'connection: close' -H "authorization: Bearer $token" "http://127.0.0.1:8001/v1/answers/$1" | grep -q '^data: \[DONE\]'; }
  told() { curl -fsS http://127.0.0.1:8001/ready | grep -q '"status":"ready"'; }
  soon() { for _ in 1 2 3 4 5 6 7 8 9 10; do if "$@"; then return 0; fi; sleep 0.5; done; return 1; }
  unprivileged() {
    process=/proc/$(systemctl show -p MainPID --value "$1")/status
    ! grep -q '^Uid:\s*0' "$process" && grep -q '^CapEff:\s*0*$' "$process" && grep -q '^Seccomp:\s*2' "$process"
  }
  ended_well() { [ "$(systemctl show -p Result,ExecMainStatus "$1" | tr '\n' ' ')" = 'Result=success ExecMainStatus=0 ' ]; }

  check systemctl start nash-llm.service
  check soon told
  check unprivileged nash-llm.service
  check answers
  check systemctl stop nash-llm.service
  check ended_well nash-llm.service

  check systemctl start valkey-server.service nash-llm@1.service nash-llm@2.service
  check soon told
  check unprivileged nash-llm@1.service
  check answers
  id=$(sed -n 's/^x-answer-id: \([0-9a-f]*\).*/\1/p' /tmp/head)
  # Connections are shared out: one of so many reaches the other process.
  for _ in 1 2 3 4 5 6 7 8; do check reads_on "$id"; done
  systemctl restart nash-llm@1.service &
  for _ in $(seq 1 40); do
    curl -fsS -o /dev/null --max-time 5 -H 'connection: close' http://127.0.0.1:8001/health || { echo "FAILED: refused while one restarts" && failed=1; }
  done
  wait
  check reads_on "$id"
  for unit in nash-llm@1.service nash-llm@2.service; do
    check systemctl stop "$unit"
    check ended_well "$unit"
  done
  [ -z "$failed" ] && echo "It holds." >/out/verdict
  exit 0
fi

# 2. A root of its own over this machine's files.
if [ "${1:-}" = --root ]; then
  work=$2
  mount --make-rprivate /
  mount -t tmpfs tmpfs "$work"
  mkdir "$work/upper" "$work/work" "$work/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
  root=$work/root
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  for folder in run tmp sys/fs/cgroup; do mount -t tmpfs tmpfs "$root/$folder"; done
  mount -t devtmpfs devtmpfs "$root/dev"
  if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  else
    mkdir "$root/sys/fs/cgroup/systemd"
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
  fi
  ip link set lo up
  sysctl -qw net.ipv4.tcp_migrate_req=1 || true
  mkdir -p "$root/out" "$root/old"
  mount --bind "$3" "$root/out"

  install -m 755 "$4" "$root/usr/local/bin/nash-llm"
  install -m 755 "$self" "$root/usr/local/bin/try-units"
  : >"$root/etc/fstab"
  rm -rf "$root/etc/systemd/system"
  mkdir -p "$root/etc/systemd/system/nash-llm@.service.d" "$root/etc/systemd/system/try.target.wants"
  cd "$root/etc/systemd/system"
  # What would look after a machine.
  for unit in systemd-udevd systemd-udev-trigger systemd-remount-fs systemd-modules-load systemd-sysctl systemd-update-utmp \
    systemd-random-seed systemd-tmpfiles-setup systemd-tmpfiles-setup-dev systemd-journal-flush keyboard-setup networking; do
    ln -s /dev/null "$unit.service"
  done
  for unit in nash-llm.service nash-llm@.service; do sed '/@NASH_LLM_REPOSITORY@/d' "$units/$unit" >"$unit"; done
  # The store is whatever this machine has, and its group another one's.
  sed 's/=valkey$/=redis/' "$units/nash-llm-store.conf" >nash-llm@.service.d/store.conf
  cat >valkey-server.service <<EOF
[Service]
User=redis
RuntimeDirectory=valkey
ExecStart=/usr/bin/redis-server --port 0 --unixsocket /run/valkey/valkey.sock --unixsocketperm 770 --save ""
EOF
  printf '[Unit]\nRequires=basic.target\nAfter=basic.target\n' >try.target
  cat >try.service <<EOF
[Unit]
Requires=basic.target
After=basic.target
[Service]
Type=oneshot
ExecStart=/usr/local/bin/try-units --within
ExecStopPost=/bin/systemctl --no-block exit 0
StandardOutput=file:/out/log
StandardError=file:/out/log
EOF
  ln -s ../try.service try.target.wants/
  install -d -m 700 "$root/etc/nash-llm"
  for file in token store-key; do (umask 077 && head -c 32 /dev/urandom | base64 | tr -d '\n=+/' >"$root/etc/nash-llm/$file"); done
  cd "$root"
  pivot_root . old
  # Credentials reach a unit by a mount that is made elsewhere.
  exec env -i container=other PATH="$PATH" sh -c \
    'umount -l /old; mount --make-rshared /; exec /lib/systemd/systemd --system --unit=try.target --show-status=false --log-target=journal'
fi

# 1. Namespaces, and a control group that is left again.
program=$(realpath "$1")
work=$(mktemp -d)
out=$(mktemp -d)
groups=/sys/fs/cgroup
[ -d "$groups/systemd" ] && groups=$groups/systemd
group=$groups/nash-llm-try-$$
mkdir "$group"
trap 'rm -r "$work" "$out"; find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true' EXIT
sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" \
  timeout -s KILL 120 unshare --mount --pid --fork --uts --ipc --net --cgroup --kill-child \
  "$self" --root "$work" "$out" "$program" || true
cat "$out/log" || true
grep -qx 'It holds.' "$out/verdict" 2>/dev/null && echo "systemd $(systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p'): it holds."
