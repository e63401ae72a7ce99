#!/bin/sh
# What does the shared library show to the loader? Usage: exports.sh [LIBRARY]
. "$(dirname "$0")/check.sh"

library=${1:-$root/target/release/libzmq.so}
dynamic () { readelf -d "$library" | sed -n "s/.*($1).*\[\(.*\)\]/\1/p" | sort; }
declared () { echo '#include <zmq.h>' | gcc -E -P "-I$root/include" "$@" -x c - | grep -o 'zmq_[a-z0-9_]* *(' | tr -d ' (' | grep -v _fn | sort -u; }
count () { [ "$(wc -l < "$1")" -eq "$2" ]; }

nm -D --defined-only "$library" | awk '{ print $3 }' | sort > "$scratch/exported"
declared -DZMQ_BUILD_DRAFT_API > "$scratch/declared"
declared > "$scratch/stable"
same "exports exactly the names of exports.txt" "$here/exports.txt" "$scratch/exported"
same "the header declares what is exported" "$here/exports.txt" "$scratch/declared"
check "97 functions in all" count "$scratch/declared" 97
check "70 functions in the stable API" count "$scratch/stable" 70
check "SONAME is libzmq.so.5" [ "$(dynamic SONAME)" = libzmq.so.5 ]
# The loader itself is part of the C library's package; it is named for thread-local variables.
dynamic NEEDED | grep -v '^ld-linux' > "$scratch/needed"
printf 'libc.so.6\nlibgcc_s.so.1\n' > "$scratch/wanted"
same "needs libc and libgcc_s alone" "$scratch/wanted" "$scratch/needed"
check "no symbol versions of its own" sh -c "! readelf -V '$library' | grep -q 'Version definition'"
check "no relocations in its code" sh -c "! readelf -d '$library' | grep -q TEXTREL"
finish
