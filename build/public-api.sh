#!/usr/bin/env bash
# Writes the public members of each library into its PublicAPI.Shipped.txt, after a change of the public surface that is meant.
# Look at the difference before you commit it: every line is a promise.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/prepare.sh"

for project in Engine Data Augment Classify Pipeline; do
  file="$root/src/$project/PublicAPI.Shipped.txt"
  printf '#nullable enable\n' >"$file"
  listed="$("$dotnet" build "$root/src/$project/Odm.$project.csproj" -c Release --no-restore \
    -nodeReuse:false 2>&1 </dev/null | sed -n "s/.*error RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" | LC_ALL=C sort -u)"
  printf '%s\n' "$listed" >>"$file"
  say "$project: $(wc -l <<<"$listed") public members"
done
