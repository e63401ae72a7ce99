#!/bin/sh
# Installs into a scratch directory and builds programs from there: by pkg-config and by CMake, shared and static, C and C++.
. "$(dirname "$0")/check.sh"

prefix=$scratch/opt/zmq
make=${MAKE:-make}
unset LD_LIBRARY_PATH LD_PRELOAD PKG_CONFIG_PATH CPATH LIBRARY_PATH
export PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig"

# runs PROGRAM: it works, with the installed library or with none at all.
runs () { [ "$(LD_LIBRARY_PATH="$prefix/lib" timeout 20 "$1")" = "4.3.5 works" ]; }
loads () { LD_LIBRARY_PATH="$prefix/lib" ldd "$1" | grep -q "$prefix/lib/libzmq.so.5"; }
loads_none () { ! ldd "$1" | grep -q libzmq; }
linked () { [ "$(readlink "$prefix/lib/$1")" = "$2" ]; }
prints_keys () { [ "$("$prefix/bin/curve_keygen" | grep -cE '^[^ ]{40}$')" -eq 2 ]; }
files () { (cd "$1" && find . ! -type d | sort); }

check "make install" "$make" -C "$root" install "PREFIX=$prefix" DESTDIR=
for name in include/zmq.h include/zmq_utils.h lib/libzmq.a lib/pkgconfig/libzmq.pc bin/curve_keygen \
    lib/cmake/ZeroMQ/ZeroMQConfig.cmake lib/cmake/ZeroMQ/ZeroMQConfigVersion.cmake lib/cmake/ZeroMQ/ZeroMQTargets.cmake; do
    check "$name is there" [ -f "$prefix/$name" ]
done
check "libzmq.so.5.2.5 is the library" [ -f "$prefix/lib/libzmq.so.5.2.5" ]
check "libzmq.so.5 is a link to it" linked libzmq.so.5 libzmq.so.5.2.5
check "libzmq.so is a link to it" linked libzmq.so libzmq.so.5.2.5
check "curve_keygen prints two keys" prints_keys

check "make install with DESTDIR" "$make" -C "$root" install PREFIX=/opt/zmq "DESTDIR=$scratch/stage"
files "$prefix" > "$scratch/files"
files "$scratch/stage/opt/zmq" > "$scratch/staged"
same "DESTDIR gets the same files" "$scratch/files" "$scratch/staged"
check "DESTDIR stays out of the files" sh -c "! grep -rIl '$scratch' '$scratch/stage'"

check "pkg-config: version" [ "$(pkg-config --modversion libzmq)" = 4.3.5 ]
check "pkg-config: prefix" [ "$(pkg-config --variable=prefix libzmq)" = "$prefix" ]
check "pkg-config: no draft define" sh -c '! pkg-config --cflags libzmq | grep -q DRAFT'
cflags=$(pkg-config --cflags libzmq)
# The archive by its path: with -lzmq the linker would take the shared library beside it.
static="$prefix/lib/libzmq.a $(pkg-config --static --libs-only-l libzmq | sed 's/-lzmq//')"
cp "$here/program.c" "$scratch/program.cpp"
for source in "gcc $here/program.c" "g++ $scratch/program.cpp"; do
    language=${source%% *}
    check "$language, shared: builds" $source $cflags -o "$scratch/shared" $(pkg-config --libs libzmq)
    check "$language, shared: runs" runs "$scratch/shared"
    check "$language, shared: loads the installed library" loads "$scratch/shared"
    check "$language, static: builds" $source $cflags -DZMQ_STATIC -o "$scratch/static" $static
    check "$language, static: runs" runs "$scratch/static"
    check "$language, static: loads no library" loads_none "$scratch/static"
done

# The package can be moved as a whole.
mv "$scratch/stage/opt/zmq" "$scratch/moved"
check "CMake: finds the package" cmake -S "$here/cmake" -B "$scratch/build" "-DCMAKE_PREFIX_PATH=$scratch/moved"
check "CMake: builds" cmake --build "$scratch/build"
for program in c-libzmq c-libzmq-static cpp-libzmq cpp-libzmq-static; do
    check "CMake: $program runs" runs "$scratch/build/$program"
done
finish
