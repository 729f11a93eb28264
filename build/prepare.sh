# Sourced by odm, test and .ci/run: finds the SDK, chooses the package set, installs what it needs, builds.
# Everything said here goes to stderr; nothing is said where nothing is to be done.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
state="$root/.odm"
system_packages=(libtorch-dev libopenblas0-pthread cmake make g++ libturbojpeg0-dev libpng-dev libtiff-dev)

say() { printf 'odm: %s\n' "$*" >&2; }
mistake() { say "$*"; exit 2; }

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 # the SDK then runs without libicu; results are invariant anyway
export HOME="${HOME:-$state}"

# The dotnet on the path, else in the folders where the SDK's own installers put it. Sets $dotnet.
find_dotnet() {
  local candidate
  for candidate in "$(command -v dotnet)" "${DOTNET_ROOT:-}/dotnet" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    [[ -n $candidate && -x $candidate ]] && { dotnet="$candidate"; return; }
  done
  mistake "the .NET SDK $(sdk_wanted) is not installed: get it from https://dotnet.microsoft.com/download/dotnet/10.0 (or your package manager's dotnet-sdk-10.0) and run this again"
}

sdk_wanted() { sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$root/global.json"; }

check_sdk() {
  (cd "$root" && "$dotnet" --version) >/dev/null 2>&1 && return
  mistake "global.json asks for the .NET SDK $(sdk_wanted) or a later 10.0, $dotnet has $("$dotnet" --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' | sed 's/^$/none/'): get it from https://dotnet.microsoft.com/download/dotnet/10.0"
}

# The package set: ODM_PACKAGES, else the remembered one, else empty. Sets $packages.
known_packages() {
  packages="${ODM_PACKAGES:-}"
  [[ -z $packages && -r $state/packages ]] && read -r packages <"$state/packages"
  case "$packages" in
    '' | nuget | system) ;;
    *) mistake "ODM_PACKAGES is '$packages': nuget and system are allowed" ;;
  esac
  if [[ -n ${ODM_LIBTORCH:-} ]]; then
    [[ -d $ODM_LIBTORCH ]] || mistake "ODM_LIBTORCH is '$ODM_LIBTORCH': the folder of an unpacked libtorch or of a Python torch package is allowed"
    ODM_LIBTORCH="$(cd "$ODM_LIBTORCH" && pwd)"
    export ODM_LIBTORCH
    [[ -n ${ODM_PACKAGES:-} ]] || packages=system
  fi
}

# Asks the configured registries for the packages that the `nuget` set needs, and only then restores them.
choose_packages() {
  local name version
  packages=system
  for name in TorchSharp TorchSharp-cpu SixLabors.ImageSharp; do
    version="$(sed -n "s/.*Include=\"$name\" Version=\"\([^\"]*\)\".*/\1/p" "$root/Directory.Packages.props")"
    (cd "$root" && timeout 30 "$dotnet" package search "$name" --exact-match --format json 2>/dev/null) |
      grep -qF "\"$version\"" || return 0
  done
  say "restoring the published packages (TorchSharp, ImageSharp)"
  "$dotnet" restore "$root/src/Pipeline" -p:OdmPackages=nuget -v q >"$state/restore.log" 2>&1 9>&- && packages=nuget
  return 0
}

# What the `system` set builds on. Sets $missing to the Debian packages that are not installed.
find_missing() {
  local name wanted=("${system_packages[@]}")
  [[ -n ${ODM_LIBTORCH:-} ]] && wanted=("${wanted[@]:2}")
  missing=()
  for name in "${wanted[@]}"; do
    [[ "$(dpkg-query -W -f='${Status}' "$name" 2>/dev/null)" == *' installed' ]] || missing+=("$name")
  done
}

install_missing() {
  if ! command -v apt-get >/dev/null; then
    check_without_apt
    return
  fi
  find_missing
  [[ ${#missing[@]} == 0 ]] && return
  local install=(apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=600)
  [[ $(id -u) == 0 ]] || mistake "not installed: ${missing[*]}; run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  say "installing with apt: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  local log="$state/apt.log"
  "${install[@]}" "${missing[@]}" </dev/null >"$log" 2>&1 9>&- && return
  { apt-get update -q && "${install[@]}" "${missing[@]}"; } </dev/null >"$log" 2>&1 9>&- && return
  cat "$log" >&2
  mistake "apt could not install ${missing[*]}; install them, or set ODM_LIBTORCH to the folder of an unpacked libtorch"
}

check_without_apt() {
  local lacking=() tool header
  for tool in cmake make g++; do command -v $tool >/dev/null || lacking+=("$tool"); done
  if command -v g++ >/dev/null; then
    for header in turbojpeg.h png.h tiffio.h; do
      echo "#include <cstdio>
#include <$header>" | g++ -E -x c++ - >/dev/null 2>&1 || lacking+=("the headers of $header")
    done
  fi
  [[ -n ${ODM_LIBTORCH:-} || -e /usr/include/torch/library.h ]] || lacking+=("libtorch (name its folder in ODM_LIBTORCH)")
  [[ ${#lacking[@]} == 0 ]] || mistake "install these with your package manager and run this again: $(printf '%s, ' "${lacking[@]}" | sed 's/, $//')"
}

# Debian's libtorch takes whichever BLAS /etc/alternatives names; the reference BLAS is 30 times slower than OpenBLAS.
prefer_openblas() {
  local openblas
  [[ $packages == system && -z ${ODM_LIBTORCH:-} ]] || return 0
  for openblas in /usr/lib/*/openblas-pthread; do
    [[ -e $openblas/libblas.so.3 ]] || return 0
    [[ $openblas/libblas.so.3 -ef ${openblas%/*}/libblas.so.3 && $openblas/liblapack.so.3 -ef ${openblas%/*}/liblapack.so.3 ]] ||
      export LD_LIBRARY_PATH="$openblas${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  done
}

# A hash of what a build depends on: names, times and sizes of the sources, the package set, libtorch and the SDK's folder.
fingerprint() {
  {
    echo "$packages ${ODM_LIBTORCH:-} $dotnet"
    cd "$root" && find src compat build *.props *.json BannedSymbols.txt .editorconfig \
      \( -name bin -o -name obj \) -prune -o -type f -printf '%p %T@ %s\n' | sort
  } | sha256sum
}

# Locks out other starts while something is installed or built.
lock() {
  mkdir -p "$state" || exit 1
  exec 9>"$state/lock"
  flock -n 9 || { say "waiting for another start that is building"; flock 9; }
}
unlock() { exec 9>&-; }

# What every build needs first; call it under the lock.
ready_to_build() {
  check_sdk
  [[ -n $packages ]] || choose_packages
  [[ $packages == system ]] && install_missing
  export ODM_PACKAGES="$packages" OdmPackages="$packages"
}

# Remembers the package set once something was built with it, unless it was only asked for this time.
remember_packages() { [[ -n ${asked_packages:-}${ODM_LIBTORCH:-} ]] || echo "$packages" >"$state/packages"; }

# build TARGET: quietly, in Release; the whole log where it fails. No build server outlives the build.
build() {
  "$dotnet" build "$1" -c Release -v q -nodeReuse:false -p:UseSharedCompilation=false </dev/null >"$state/build.log" 2>&1 9>&- && return
  cat "$state/build.log" >&2
  say "the build failed"
  exit 1
}

asked_packages="${ODM_PACKAGES:-}"
find_dotnet
known_packages
