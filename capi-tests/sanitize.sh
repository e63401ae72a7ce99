#!/bin/bash
# make sanitize [SANITIZER=thread|address] [ONLY="NAME..."]: the conformance suite with the library built for a sanitizer:
# thread finds data races and locks taken in both orders, address finds wrong accesses and what is lost at the end.
#
# Library and standard library are built by a nightly toolchain with rust-src (-Zbuild-std: a race is seen only where every
# access is). The runtime is that toolchain's as well, linked into the programs; the programs themselves are plain C, of
# which the runtime sees what they call (memcpy, pthreads). Before all, a program that races on purpose must be reported.
# Exit status 0: nothing found; 1: something; 2: the toolchain is missing.
set -u -o pipefail
cd "$(dirname "$0")/.."

sanitizers=${SANITIZER:-thread address}
jobs=${JOBS:-2}
host=$(rustc -vV | sed -n 's/^host: //p')
sysroot=$(rustc +nightly --print sysroot 2> /dev/null) && [ -d "$sysroot/lib/rustlib/src/rust/library" ] || {
    echo "needed: rustup toolchain install nightly --profile minimal --component rust-src"
    exit 2
}

# What cannot run under a sanitizer: its own memory and time stand in for the library's.
#   cve_memory, cve_budget   count the bytes that the process has
#   fork_child               its child leaves by exit() and has lost its threads, and with them what they alone knew, which
#                            is taken for a leak
declare -A skip=([thread]="cve_memory cve_budget" [address]="cve_memory cve_budget fork_child")

export T_PATIENCE=5
export TSAN_OPTIONS="die_after_fork=0 second_deadlock_stack=1 allocator_may_return_null=1"
export ASAN_OPTIONS="detect_leaks=1 allocator_may_return_null=1"

# Everything is built with the same flag, but rustc need not believe it of what thread changes in the ABI.
build () {
    local flags="-Zsanitizer=$1"
    [ "$1" = thread ] && flags+=" -Cunsafe-allow-abi-mismatch=sanitizer"
    RUSTFLAGS=$flags CARGO_TARGET_DIR=target/sanitize/$1 CARGO_PROFILE_RELEASE_LTO=false \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        cargo +nightly build --quiet --release --lib -Zbuild-std --target "$host"
}

# prove SANITIZER LIBRARY LINK...: a message that two threads write at once, or that is read after the end of its memory.
prove () {
    local work=target/sanitize/$1 library=$2 wrong="wrong-$1"
    shift 2
    cc -O1 -Iinclude -DWRONG_"$(basename "$work")" capi-tests/sanitize_proof.c -o "$work/$wrong" "$@" "$library" -lpthread -ldl -lm || return 1
    ln -sf libzmq.so "$(dirname "$library")/libzmq.so.5"
    if LD_LIBRARY_PATH=$(dirname "$library") "$work/$wrong" > "$work/$wrong.log" 2>&1; then
        echo "the sanitizer does not see what is wrong in capi-tests/sanitize_proof.c"
        return 1
    fi
    grep -E 'SUMMARY: (Thread|Address)Sanitizer' "$work/$wrong.log" | head -n 1
}

failed=0
for sanitizer in $sanitizers; do
    echo "=== $sanitizer"
    runtime=$sysroot/lib/rustlib/$host/lib/librustc-nightly_rt.${sanitizer:0:1}san.a
    library=target/sanitize/$sanitizer/$host/release/libzmq.so
    link="-Wl,--whole-archive $runtime -Wl,--no-whole-archive -rdynamic"
    build "$sanitizer" && prove "$sanitizer" "$library" $link || { failed=1; continue; }
    python3 capi-tests/run.py --ours "$library" --link "$link" --jobs "$jobs" --timeout 240 --stderr 60 \
        --skip ${skip[$sanitizer]} ${ONLY:+--only $ONLY} || failed=1
done
exit $failed
