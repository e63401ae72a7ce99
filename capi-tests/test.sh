#!/bin/bash
# make test: every check of the project, one after another, each runner's closing lines, and their sum at the end.
#
# BACKEND=poll runs the conformance suite alone, with the library built for the poll(2) backend; without BACKEND that is one
# of the steps. What the checks need from Debian is installed if it is missing and we are root, else told. Exit status 0:
# all passed; 1: not; 2: something must be installed first.
set -u -o pipefail
cd "$(dirname "$0")/.."

NEEDED=(gcc g++ libc6-dev make cmake pkg-config binutils libzmq5 libzmq3-dev cppzmq-dev valgrind
    python3 python3-venv python3-zmq python3-tornado python3-gevent php-cli php-zmq)
logs=target/test-logs
closing=()
passed=0
failed=0

install_what_is_needed () {
    command -v cargo > /dev/null || { echo "cargo is missing: install Rust 1.89 or newer, with rustfmt and clippy"; exit 2; }
    command -v dpkg-query > /dev/null || return 0
    local missing=()
    for package in "${NEEDED[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "packages are missing; as root run: apt-get install -y --no-install-recommends ${missing[*]}"
        exit 2
    fi
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq > "$logs/apt.log" 2>&1
    apt-get install -y --no-install-recommends "${missing[@]}" >> "$logs/apt.log" 2>&1 || { tail "$logs/apt.log"; exit 2; }
}

# Adds up "N passed, N failed" and cargo's "test result" lines of a log, and says how many there are.
tally () {
    sed -nE -e 's/^([0-9]+) passed, ([0-9]+) failed.*/\1 \2/p' \
        -e 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed;.*/\1 \2/p' "$1" |
        awk '{ p += $1; f += $2 } END { print p + 0, f + 0, NR }'
}

# step NAME COMMAND...: runs one runner. A runner without closing line counts as one check.
step () {
    local name=$1 log=$logs/$1.log status p f lines
    shift
    echo "=== $name: $*"
    "$@" < /dev/null 2>&1 | tee "$log"
    status=$?
    read -r p f lines < <(tally "$log")
    [ $status -eq 0 ] && [ "$lines" -eq 0 ] && p=1
    [ $status -ne 0 ] && [ "$f" -eq 0 ] && f=1
    passed=$((passed + p))
    failed=$((failed + f))
    closing+=("$(printf '%-18s %d passed, %d failed' "$name" "$p" "$f")")
}

# The same library, but for its I/O backend and for an optimisation that costs minutes; in a directory of its own.
build_with_poll () {
    RUSTFLAGS="--cfg oxizmq_poll_backend" CARGO_TARGET_DIR=target/poll \
        CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo build --release --lib
}

# The lock-free parts of pipes, in every order that the memory model allows.
loom () {
    RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test --lib loom_models
}

poll_backend () {
    step poll-build build_with_poll
    step poll-conformance python3 capi-tests/run.py --ours target/poll/release/libzmq.so
}

# The fast paths that OXIZMQ_INLINE, OXIZMQ_LEAD and OXIZMQ_PATIENCE switch, each off and all off: the programs that could see it.
switched_off () {
    local programs=(type_ flow_ ctx_ monitor_ poll_ transport_ proxy_ two_threads lead_)
    # lead_happens shows that a waiter has the loop for long; so it has only if writing does not call for the I/O thread.
    step inline-off env OXIZMQ_INLINE=0 python3 capi-tests/run.py --skip lead_happens --only "${programs[@]}"
    step lead-off env OXIZMQ_LEAD=0 python3 capi-tests/run.py --skip lead_happens --only "${programs[@]}"
    step patience-off env OXIZMQ_PATIENCE=0 python3 capi-tests/run.py --only "${programs[@]}"
    step all-off env OXIZMQ_INLINE=0 OXIZMQ_LEAD=0 OXIZMQ_PATIENCE=0 python3 capi-tests/run.py --skip lead_happens --only "${programs[@]}"
}

everything () {
    step format cargo fmt --check
    step clippy cargo clippy --all-targets -- -D warnings
    step build cargo build --release
    step cargo-test cargo test
    step loom loom
    step fuzz fuzz/run.sh
    step abi-header capi-tests/abi/header.sh
    step abi-exports capi-tests/abi/exports.sh
    step abi-install capi-tests/abi/install.sh
    step conformance python3 capi-tests/run.py
    switched_off
    step interop python3 capi-tests/interop/run.py
    step demo python3 capi-tests/demo/run.py target/release/libzmq.so
    poll_backend
}

mkdir -p "$logs"
install_what_is_needed
case ${BACKEND:-} in
    "") everything ;;
    poll) poll_backend ;;
    *) echo "there is no backend ${BACKEND}: poll, or none"; exit 2 ;;
esac
echo "=== all"
printf '%s\n' "${closing[@]}"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
