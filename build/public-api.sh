#!/usr/bin/env bash
# Writes the public members of each library into its PublicAPI.Shipped.txt, after a change of the public surface that is meant.
# Look at the difference before you commit it: every line is a promise.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/prepare.sh"

for project in Engine Data Augment Classify Pipeline MLNet; do
  file="$root/src/$project/PublicAPI.Shipped.txt"
  kept="$(cat "$file")"
  printf '#nullable enable\n' >"$file" # every public member is an error RS0016 now, which names it
  output="$("$dotnet" build "$root/src/$project/Odm.$project.csproj" -c Release --no-restore -nodeReuse:false 2>&1 </dev/null)"
  other="$(grep -E ': error ' <<<"$output" | grep -v 'error RS00' | head -n 1)"
  listed="$(sed -n "s/.*error RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" <<<"$output" | LC_ALL=C sort -u)"
  if [[ -n $other || -z $listed ]]; then
    printf '%s\n' "$kept" >"$file"
    mistake "$project does not build, its list stays as it was: ${other:-no public member was found}"
  fi
  printf '%s\n' "$listed" >>"$file"
  say "$project: $(wc -l <<<"$listed") public members"
done
