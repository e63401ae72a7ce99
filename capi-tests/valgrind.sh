#!/bin/bash
# make valgrind [ONLY="NAME..."]: the conformance suite under valgrind's memcheck: wrong accesses, values that nobody set,
# memory that is lost at the end.
#
#   capi-tests/valgrind.sh            the suite, with this script before every program
#   capi-tests/valgrind.sh PROGRAM    one program; status 99 and what was found on stderr, else the program's own
#
# Of what is lost only the program itself is asked: a forked child has lost its threads, and with them what they alone
# knew. Logs: target/valgrind/PROGRAM.PID. Needs valgrind; with other programs at work it may need more PATIENCE than 5.
set -u
cd "$(dirname "$0")/.."
logs=$PWD/target/valgrind

# What cannot be the same under valgrind:
#   resource_emfile, emfile_sweep  the limit of descriptors is valgrind's own (the original fails there as well)
#   cve_memory, cve_budget         count the bytes that the process has
#   lost_tail_ipc                  two million messages take minutes
#   lead_happens, lead_idle        need a dialogue at full speed, and processor time that is our own
skip=(resource_emfile emfile_sweep cve_memory cve_budget lost_tail_ipc lead_happens lead_idle)

# one PROGRAM: runs it. Errors make it end with 99, losses are looked for in the log of the process that we started.
one () {
    local log status
    log=$logs/$(basename "$1")
    valgrind --fair-sched=yes --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=none \
        --error-exitcode=99 --num-callers=30 --log-file="$log.%p" "$@" &
    wait $!
    status=$?
    if grep -q 'definitely lost: [1-9]' "$log.$!"; then
        status=99
    fi
    [ $status -eq 0 ] || grep -v '^==[0-9]*== *$' "$log.$!" | tail -n +6 >&2
    return $status
}

mkdir -p "$logs"
if [ $# -gt 0 ]; then
    one "$@"
    exit
fi
command -v valgrind > /dev/null || { echo "valgrind is missing"; exit 2; }
rm -f "$logs"/*.[0-9]*
export T_PATIENCE=${PATIENCE:-5}
python3 capi-tests/run.py --wrapper "$PWD/capi-tests/valgrind.sh" --timeout $((60 * T_PATIENCE)) --stderr 60 --jobs "${JOBS:-2}" \
    --skip "${skip[@]}" ${ONLY:+--only $ONLY}
status=$?
# Errors in children, whose status their parents may not show.
if grep -l 'ERROR SUMMARY: [1-9]' "$logs"/*.[0-9]*; then
    echo "errors in the logs above"
    exit 1
fi
exit $status
