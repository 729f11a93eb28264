#!/bin/sh
# build.sh BUILD_DIR [LIBTORCH]: configures and builds the door. One build at a time; the library is renamed into place.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
exec 9>lock
flock 9
build=cmake-$(printf %s "${2:-}" | cksum | cut -d' ' -f1) # what CMake has found stays apart for each libtorch
cmake -S "$here" -B "$build" -DODM_LIBTORCH="${2:-}" -DCMAKE_BUILD_TYPE=Release >configure.log 2>&1 || { cat configure.log; exit 1; }
cmake --build "$build" --parallel 2 >build.log 2>&1 || { cat build.log; exit 1; }
cp "$build/libodmtorch.so" libodmtorch.so.new
cmp -s libodmtorch.so.new libodmtorch.so && rm libodmtorch.so.new || mv libodmtorch.so.new libodmtorch.so
touch libodmtorch.so
