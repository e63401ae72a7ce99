#!/bin/bash
# fuzz/run.sh [TARGET...]: runs the fuzz targets (all of them, if none is named), FUZZ_SECONDS (10) each, FUZZ_JOBS (one for each
# processor) at a time, from the corpus in fuzz/corpus; what is found new stays in fuzz/target/corpus, what breaks in
# fuzz/artifacts. Ends with "N passed, N failed".
#
# libFuzzer comes with a crate and is built by a C++ compiler; rustc's part of it is options of the stable compiler, so neither
# cargo-fuzz nor a nightly toolchain is needed (`cargo fuzz run --sanitizer none TARGET` works as well, where they are). Where
# libFuzzer cannot be had or built, this says so and passes nothing; the corpora run in `cargo test` anyway.
set -u -o pipefail
cd "$(dirname "$0")"

seconds=${FUZZ_SECONDS:-10}
jobs=${FUZZ_JOBS:-$(nproc 2> /dev/null || echo 2)}
host=$(rustc -vV | sed -n 's/^host: //p')
logs=target/logs
cover="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
cover+=" -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing"

skip () {
    echo "fuzzing is skipped: $1"
    echo "0 passed, 0 failed"
    exit 0
}

# run_target NAME: one target, its log, and a line about it.
run_target () {
    local log=$logs/$1.log
    mkdir -p "target/corpus/$1" "artifacts/$1"
    if "$binaries/$1" "target/corpus/$1" "corpus/$1" "-max_total_time=$seconds" -max_len=4096 -timeout=30 -rss_limit_mb=1024 \
        -print_final_stats=1 "-artifact_prefix=artifacts/$1/" > "$log" 2>&1; then
        echo "ok      $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs, $(
            grep -o 'cov: [0-9]*' "$log" | tail -n 1)"
    else
        echo "FAILED  $1:"
        tail -n 30 "$log"
    fi
}

mkdir -p "$logs"
command -v "${CXX:-c++}" > /dev/null || skip "there is no C++ compiler"
binaries=${CARGO_TARGET_DIR:-target}/$host/release
build () {
    RUSTFLAGS=$cover cargo build --release --quiet --target "$host" "$@" > "$logs/build.log" 2>&1
}
build -p libfuzzer-sys || { tail -n 20 "$logs/build.log"; skip "libFuzzer does not build with this toolchain"; }
# From here on it is our own code that does not build.
build --bins || { tail -n 40 "$logs/build.log"; echo "0 passed, 1 failed"; exit 1; }

targets=("$@")
[ $# -eq 0 ] && mapfile -t targets < <(cd fuzz_targets && ls -- *.rs | sed 's/\.rs$//')
export -f run_target
export seconds logs binaries
printf '%s\n' "${targets[@]}" | xargs -P "$jobs" -I{} bash -c 'run_target "$1"' _ {} | tee "$logs/all.log"
failed=$(grep -c '^FAILED ' "$logs/all.log")
echo "$(grep -c '^ok ' "$logs/all.log") passed, $failed failed"
[ "$failed" -eq 0 ]
