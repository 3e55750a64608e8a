#!/bin/sh
# Installs nash-llm for this user: downloads it, checks its SHA-256 and puts it into ~/.local/bin. It needs no root,
# changes nothing else and starts nothing.
#
#   curl -fsSL https://github.com/@NASH_LLM_REPOSITORY@/releases/latest/download/install.sh | sh
#
# Variables:
#   NASH_LLM_VERSION      the release to install, such as 1.2.3; else the latest
#   NASH_LLM_INSTALL_DIR  where the program goes; else ~/.local/bin
#   NASH_LLM_RELEASE_URL  where the files of the release lie, if not on GitHub: https://, http:// or file://
set -eu

REPOSITORY="@NASH_LLM_REPOSITORY@"

# Everything stands in functions: a download that is cut short does nothing.
main() {
  base=$(release_url)
  target=$(find_target)
  archive="nash-llm-$target.tar.gz"
  folder=${NASH_LLM_INSTALL_DIR:-${HOME:?is not set}/.local/bin}

  mkdir -p "$folder"
  # Beside its place, so that the last step is a rename, and not where programs may be forbidden to run.
  workshop=$(mktemp -d "$folder/.nash-llm.XXXXXX")
  trap 'rm -rf "$workshop"' EXIT
  trap 'exit 1' HUP INT TERM

  say "downloading $base/$archive"
  fetch "$base/SHA256SUMS" "$workshop/SHA256SUMS"
  fetch "$base/$archive" "$workshop/$archive"
  sum=$(checked_sum "$workshop" "$archive")

  tar -xzf "$workshop/$archive" -C "$workshop" nash-llm || fail "$archive cannot be unpacked."
  chmod 755 "$workshop/nash-llm"
  version=$("$workshop/nash-llm" --version) || fail "the program for $target does not run here$(musl_hint "$target")."
  mv -f "$workshop/nash-llm" "$folder/nash-llm"

  say "nash-llm $version"
  say "  sha-256  $sum ($archive, as in SHA256SUMS)"
  say "  program  $folder/nash-llm"
  say "  remove   rm '$folder/nash-llm'"
  case ":${PATH:-}:" in
    *":$folder:"*) say "  next     nash-llm client" ;;
    *)
      say "  path     $folder is not in your PATH: export PATH=\"$folder:\$PATH\""
      say "  next     '$folder/nash-llm' client"
      ;;
  esac
}

release_url() {
  if [ -n "${NASH_LLM_RELEASE_URL:-}" ]; then
    printf '%s\n' "${NASH_LLM_RELEASE_URL%/}"
    return
  fi
  case $REPOSITORY in
    @*) fail "this copy is not from a release: set NASH_LLM_RELEASE_URL." ;;
  esac
  if [ -n "${NASH_LLM_VERSION:-}" ]; then
    printf '%s\n' "https://github.com/$REPOSITORY/releases/download/v${NASH_LLM_VERSION#v}"
  else
    printf '%s\n' "https://github.com/$REPOSITORY/releases/latest/download"
  fi
}

# The name of the build for this machine. On x64 there is one alone, which runs on processors without AVX2 too.
find_target() {
  system=$(uname -s)
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) machine=x64 ;;
    arm64 | aarch64) machine=arm64 ;;
    *) fail "there is no build for $system on $machine." ;;
  esac
  case $system in
    Linux)
      if [ "$machine" = x64 ] && ! has_sse42; then fail "this processor is too old: it has no SSE4.2."; fi
      if is_musl; then machine="$machine-musl"; fi
      printf 'linux-%s\n' "$machine"
      ;;
    Darwin)
      # A shell under Rosetta says x86_64 on Apple's own processors.
      if [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" = 1 ]; then machine=arm64; fi
      printf 'macos-%s\n' "$machine"
      ;;
    MINGW* | MSYS* | CYGWIN*) fail "on Windows use npx nash-llm, or download nash-llm-windows-x64.exe." ;;
    *) fail "there is no build for $system." ;;
  esac
}

has_sse42() {
  case $(cat /proc/cpuinfo 2>/dev/null) in
    '' | *sse4_2*) return 0 ;;
    *) return 1 ;;
  esac
}

# A machine with glibc may have musl's loader besides, so glibc is asked first.
is_musl() {
  if getconf GNU_LIBC_VERSION >/dev/null 2>&1; then return 1; fi
  case $(ldd --version 2>&1) in
    *musl*) return 0 ;;
    *GLIBC* | *GNU*) return 1 ;;
  esac
  for loader in /lib/ld-musl-*; do [ -e "$loader" ] && return 0; done
  return 1
}

musl_hint() {
  case $1 in
    *-musl) printf '; on Alpine it needs: apk add libstdc++' ;;
  esac
}

fetch() {
  if command -v curl >/dev/null 2>&1; then
    case $1 in
      https://*) curl -fsSL --proto '=https' --tlsv1.2 -o "$2" "$1" || fail "$1 cannot be downloaded." ;;
      *) curl -fsSL -o "$2" "$1" || fail "$1 cannot be downloaded." ;;
    esac
  elif [ "${1#file://}" != "$1" ]; then
    cp "${1#file://}" "$2" || fail "$1 cannot be read."
  elif command -v wget >/dev/null 2>&1; then
    wget -q -O "$2" "$1" || fail "$1 cannot be downloaded."
  else
    fail "curl or wget is needed."
  fi
}

# Prints the sum of a file in a folder once it is the one that SHA256SUMS beside it names.
checked_sum() {
  wanted=$(awk -v name="$2" '$2 == name || $2 == "*" name { print $1; exit }' "$1/SHA256SUMS")
  [ -n "$wanted" ] || fail "SHA256SUMS does not name $2."
  found=$(sha256 "$1/$2")
  [ "$found" = "$wanted" ] || fail "$2 is not what was released: its SHA-256 is $found, and $wanted was expected."
  printf '%s\n' "$found"
}

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  elif command -v openssl >/dev/null 2>&1; then
    openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
  else
    fail "sha256sum, shasum or openssl is needed."
  fi
}

say() {
  printf '%s\n' "$1"
}

fail() {
  printf 'nash-llm: %s Nothing was installed.\n' "$1" >&2
  exit 1
}

main "$@"
