#!/bin/sh
# Does include/zmq.h compile wherever libzmq's does, and say the same? Needs gcc and g++; cppzmq (zmq.hpp) is tried if present.
. "$(dirname "$0")/check.sh"

strict="-pedantic -Wall -Wextra -Werror -fsyntax-only -I$root/include"
draft=-DZMQ_BUILD_DRAFT_API

# constants FILE: a C file that compiles if every number of constants.txt is what the header says.
constants () {
    awk 'BEGIN { print "#include <zmq.h>" }
        $1 == "draft" { draft = 1; print "#ifdef ZMQ_BUILD_DRAFT_API" }
        NF == 2 && !/^#/ {
            print "#if !defined " $1 "\n#error \"" $1 " is missing\"\n#endif"
            print "typedef char check_" $1 "[(" $1 ") == (" $2 ") ? 1 : -1];"
            if (draft) stable = stable "#ifdef " $1 "\n#error \"" $1 " is a draft\"\n#endif\n"
        }
        END { print "#else\n" stable "#endif\nint main (void)\n{\n    return 0;\n}" }' "$here/constants.txt" > "$1"
}

constants "$scratch/constants.c"
echo '#include <zmq_utils.h>' > "$scratch/utils.c"
for api in stable draft; do
    define=
    [ $api = draft ] && define=$draft
    for std in c89 c99 c11 c17; do
        check "prototypes, $api API, $std" gcc -std=$std $strict $define "$here/prototypes.c"
    done
    for std in c++98 c++11 c++14 c++17 c++20; do
        check "prototypes, $api API, $std" g++ -std=$std -x c++ $strict $define "$here/prototypes.c"
    done
    check "constants, $api API" gcc -std=c89 $strict $define "$scratch/constants.c"
done
check "zmq_utils.h still serves" gcc -std=c89 -fsyntax-only -Werror "-I$root/include" "$scratch/utils.c"
for define in "" -DZMQ_STATIC -DZMQ_NO_EXPORT -DDLL_EXPORT; do
    check "compiles with ${define:-no} export macro" gcc -std=c99 $strict $define "$here/prototypes.c"
done
if echo '#include <zmq.hpp>' | g++ -x c++ -fsyntax-only - 2> /dev/null; then
    for std in c++11 c++17 c++20; do
        for define in "" $draft; do
            echo '#include <zmq.hpp>' > "$scratch/cppzmq.cpp"
            check "cppzmq, $std $define" g++ -std=$std -Wall -Werror -fsyntax-only "-I$root/include" $define "$scratch/cppzmq.cpp"
        done
    done
fi
finish
