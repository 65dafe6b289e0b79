#!/bin/sh
# check.sh COMPILER FILE FLAGS…: FILE must compile with -DALLOWED, and fail without it with the diagnostic that
# its first line names: "// error: TEXT".
compiler=$1 file=$2
shift 2
expected=$(sed -n '1s|^// error: ||p' "$file")
[ -n "$expected" ] || { echo "$file does not name the error it expects"; exit 1; }
"$compiler" "$@" -DALLOWED -fsyntax-only "$file" || { echo "$file does not compile even without the way around"; exit 1; }
if output=$("$compiler" "$@" -fsyntax-only "$file" 2>&1); then
  echo "$file compiles: there is a way around"
  exit 1
fi
printf '%s\n' "$output" | grep -qF "$expected" || { echo "another error than '$expected':"; printf '%s\n' "$output"; exit 1; }
