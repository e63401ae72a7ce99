# Helper of the ABI checks, to be sourced: counts what passes and what fails.

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

# check NAME COMMAND...: the command must succeed; its output is shown if it does not.
check () {
    name=$1
    shift
    if "$@" > "$scratch/output" 2>&1; then
        passed=$((passed + 1))
        echo "ok     $name"
    else
        failed=$((failed + 1))
        echo "FAILED $name"
        sed 's/^/       /' "$scratch/output" | head -40
    fi
}

# same NAME EXPECTED GOT: two files must have the same lines.
same () {
    check "$1" diff -u "$2" "$3"
}

# The closing line, and the exit status with it.
finish () {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
