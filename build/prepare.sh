# Sourced by odm, test and .ci/run: finds the SDK and builds. Everything said here goes to stderr; nothing is said where nothing is to be done.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
state="$root/.odm"

say() { printf 'odm: %s\n' "$*" >&2; }
mistake() { say "$*"; exit 2; }

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 # the SDK then runs without libicu; results are invariant anyway
export HOME="${HOME:-$state}"

# The dotnet on the path, else in the folders where the SDK's own installers put it. Sets $dotnet.
find_dotnet() {
  local candidate wanted
  wanted="$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$root/global.json")"
  for candidate in "$(command -v dotnet)" "${DOTNET_ROOT:-}/dotnet" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    [[ -n $candidate && -x $candidate ]] || continue
    dotnet="$candidate"
    return
  done
  mistake "the .NET SDK $wanted is not installed: get it from https://dotnet.microsoft.com/download/dotnet/10.0 (or your package manager's dotnet-sdk-10.0) and run this again"
}

check_sdk() {
  (cd "$root" && "$dotnet" --version) >/dev/null 2>&1 && return
  mistake "global.json asks for $(tr -d ' {}\n' <"$root/global.json"), $dotnet has $("$dotnet" --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' | sed 's/^$/none/'): get it from https://dotnet.microsoft.com/download/dotnet/10.0"
}

# A hash of what a build depends on: names, times and sizes of the sources, and the SDK's folder.
fingerprint() {
  {
    echo "$dotnet"
    cd "$root" && find src build *.props *.targets *.json BannedSymbols.txt .editorconfig \
      \( -name bin -o -name obj \) -prune -o -type f -printf '%p %T@ %s\n' | sort
  } | sha256sum
}

# Locks out other starts while something is built.
lock() {
  mkdir -p "$state" || exit 1
  command -v flock >/dev/null || return 0
  exec 9>"$state/lock"
  flock -n 9 || { say "waiting for another start that is building"; flock 9; }
}
unlock() { exec 9>&-; }

# build TARGET: restores and builds in Release; the whole log where it fails. One compiler process serves all projects, under a name of
# its own, and ends with the build.
build() {
  check_sdk
  say "restoring and building (Release); the first time libtorch is fetched, 130 MB"
  local compiler="odm-$$-$RANDOM" code
  "$dotnet" build "$1" -c Release -v q -nodeReuse:false -p:UseSharedCompilation=true "-p:SharedCompilationId=$compiler" </dev/null >"$state/build.log" 2>&1 9>&-
  code=$?
  end_process "-pipename:$compiler"
  [[ $code == 0 ]] && return
  cat "$state/build.log" >&2
  say "the build failed"
  exit 1
}

# end_process WORD: ends the processes that have WORD among their arguments (pkill is not on every system).
end_process() {
  local process
  for process in /proc/[0-9]*; do
    tr '\0' '\n' 2>/dev/null <"$process/cmdline" | grep -qxF -- "$1" && kill "${process#/proc/}" 2>/dev/null
  done
  return 0
}

find_dotnet
