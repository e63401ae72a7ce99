#!/usr/bin/env python3
"""Run the C conformance programs with the original libzmq and with ours.

Every capi-tests/conformance/*.c is compiled once. The same binary then runs
with the oracle (the system's libzmq.so.5) and with our library; what it
prints and how it ends must be equal, byte for byte. Which library a program
gets is decided by LD_LIBRARY_PATH alone: two directories below
target/conformance/ hold one symbolic link libzmq.so.5 each, and a probe
program proves that the link is what the loader takes.

Deliberate differences stand in expected-differences.txt as `program: reason`;
there our output must equal expected/PROGRAM.out, and if it equals the
oracle's instead, that is a failure too ("unexpected match"). Programs in ours/
show what the original does not survive or does wrong: only our library runs
them, against expected/PROGRAM.out. cve-table.md says which program stands for
which known defect; a program that it names and that is not there is a failure.

  capi-tests/run.py                        all programs, both libraries
  capi-tests/run.py --only msg_init poll_  names, or beginnings of names
  capi-tests/run.py --lib oracle --repeat 5    is the output deterministic?
  capi-tests/run.py --wrapper 'valgrind -q'    put before our library's runs
  capi-tests/run.py --link 'rt.a -rdynamic'    linked into the programs that run with our library

Needs Python 3 alone. Ends with `N passed, N failed`; status 1 if any failed.
"""

import argparse
import concurrent.futures
import difflib
import glob
import hashlib
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SOURCES = HERE / "conformance"
ALONE = HERE / "ours"  # what the original does not survive, or may not do
WORK = ROOT / "target" / "conformance"
HEADER = ROOT / "include" / "zmq.h"
DIFF_LINES = 40

PROBE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>
int main (void)
{
    char path[PATH_MAX];
    int major, minor, patch;
    Dl_info info;
    zmq_version (&major, &minor, &patch);
    if (!dladdr ((void *) zmq_version, &info))
        return 1;
    printf ("%d.%d.%d %s\n", major, minor, patch, realpath (info.dli_fname, path));
    return 0;
}
"""


def system_libzmq():
    """The installed libzmq.so.5, or None."""
    for pattern in ("/usr/lib/*/libzmq.so.5", "/usr/lib64/libzmq.so.5",
                    "/usr/lib/libzmq.so.5", "/usr/local/lib/libzmq.so.5"):
        for path in sorted(glob.glob(pattern)):
            return pathlib.Path(path)
    return None


class Library:
    """A libzmq, reachable through a directory with one symbolic link."""

    def __init__(self, name, path):
        self.name, self.path = name, path.resolve()
        # One for each library: two runs with different ones may go on at the same time.
        self.directory = WORK / f"lib-{name}-{hashlib.sha256(bytes(self.path)).hexdigest()[:8]}"
        self.directory.mkdir(parents=True, exist_ok=True)
        link = self.directory / "libzmq.so.5"
        if not (link.is_symlink() and link.resolve() == self.path):
            link.unlink(missing_ok=True)
            link.symlink_to(self.path)

    def environment(self):
        env = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
        env.update(LD_LIBRARY_PATH=str(self.directory), LC_ALL="C")
        return env

    def prove(self, probe):
        """Print the version and check that the loader takes this library."""
        out = subprocess.run([probe], env=self.environment(), text=True,
                             capture_output=True, check=True, timeout=20).stdout
        version, path = out.split()
        if pathlib.Path(path) != self.path:
            sys.exit(f"{self.name}: loaded {path}, wanted {self.path}")
        print(f"{self.name}: libzmq {version}, {path}", flush=True)

    def stamp(self):
        stat = self.path.stat()
        return f"{self.path} {stat.st_size} {stat.st_mtime_ns}"


def compile_program(source, binary, link_with, more=()):
    """Compile unless the binary is newer than all it is made from; `more` are arguments for the linker."""
    inputs = [source, *HERE.glob("*.h")] + ([HEADER] if HEADER.exists() else [])
    newest = max(p.stat().st_mtime for p in inputs)
    if binary.exists() and binary.stat().st_mtime > newest:
        return None
    binary.parent.mkdir(parents=True, exist_ok=True)
    fresh = binary.with_suffix(f".{os.getpid()}")
    command = ["cc", "-std=c11", "-Wall", "-Werror", "-O1", f"-I{HERE}"]
    if HEADER.exists():
        command.append(f"-I{HEADER.parent}")
    command += [str(source), "-o", str(fresh), *more, str(link_with), "-lpthread", "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr or "the compiler failed"
    fresh.replace(binary)
    return None


def run(binary, library, wrapper, timeout):
    """What the program printed, with a last line that says how it ended."""
    process = subprocess.Popen(wrapper + [str(binary)], env=library.environment(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = process.communicate(timeout=timeout)
        code = process.returncode
        end = f"exit {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        end = f"killed after {timeout} s"
    return out + f"[{end}]\n".encode(), err


def ended_well(output):
    return output.endswith(b"[exit 0]\n")


def diff(expected, got, expected_name, got_name):
    texts = [t.decode("utf-8", "backslashreplace").splitlines() for t in (expected, got)]
    lines = list(difflib.unified_diff(*texts, expected_name, got_name, lineterm="", n=2))
    more = len(lines) - DIFF_LINES
    return lines[:DIFF_LINES] + ([f"... {more} more lines"] if more > 0 else [])


class Suite:
    def __init__(self, args, oracle, ours):
        self.args, self.oracle, self.ours = args, oracle, ours
        self.wrapper, self.link = shlex.split(args.wrapper), shlex.split(args.link)
        self.differences = read_differences()

    def oracle_output(self, name, binary, fresh=False):
        """The oracle's output: from the cache when the binary is the same."""
        key = hashlib.sha256(binary.read_bytes() + self.oracle.stamp().encode()).hexdigest()
        cached = WORK / "oracle" / f"{name}.{key[:16]}"
        if cached.exists() and not (fresh or self.args.fresh):
            return cached.read_bytes()
        output, _ = run(binary, self.oracle, [], self.args.timeout)
        cached.parent.mkdir(parents=True, exist_ok=True)
        for old in cached.parent.glob(f"{name}.*"):
            old.unlink(missing_ok=True)
        if b"[killed after" not in output:
            cached.write_bytes(output)
        return output

    def program(self, source):
        """Run one program; (name, seconds, list of complaint lines)."""
        alone = source.parent == ALONE
        name, started = source.stem, time.monotonic()
        binary = WORK / "bin" / name
        link_with = (self.oracle or self.ours).path
        problem = compile_program(source, binary, link_with)
        tested = binary
        if self.link and not problem:
            tested = WORK / ("bin-" + hashlib.sha256(self.args.link.encode()).hexdigest()[:8]) / name
            problem = compile_program(source, tested, self.ours.path, [*self.link, "-lm"])
        if problem:
            complaint = ["does not compile"] + problem.splitlines()[:DIFF_LINES]
        elif self.args.lib == "oracle":
            complaint = self.stable(binary, self.oracle)
        else:
            complaint = self.compare(name, binary, tested, alone)
        return name, time.monotonic() - started, complaint

    def stable(self, binary, library):
        """All runs must print the same and end with exit status 0."""
        first, err = run(binary, library, self.wrapper, self.args.timeout)
        if not ended_well(first):
            return ended_badly(first, err)
        for n in range(1, self.args.repeat):
            again, _ = run(binary, library, self.wrapper, self.args.timeout)
            if again != first:
                return diff(first, again, f"{library.name}, run 1", f"{library.name}, run {n + 1}")
        return []

    def compare(self, name, binary, tested, alone):
        """Run `binary` with the oracle and `tested`, the same program, with ours."""
        oracle = self.oracle_output(name, binary) if self.oracle and not alone else None
        expected, label = oracle, "oracle"
        if alone or name in self.differences:
            label = f"expected/{name}.out"
            path = HERE / "expected" / f"{name}.out"
            if not path.exists():
                return [f"expected/{name}.out is missing"]
            expected = path.read_bytes() + b"[exit 0]\n"
        if expected is None:
            return self.stable(tested, self.ours)
        if not ended_well(expected):  # two that fail alike have shown nothing
            return ended_badly(expected, label.encode())
        for _ in range(self.args.repeat):
            got, err = run(tested, self.ours, self.wrapper, self.args.timeout)
            if b"[killed after" in got:
                return ended_badly(got, err)
            if name in self.differences and got == oracle:
                return ["unexpected match: prints what the oracle prints"]
            if got != expected and expected is oracle and got == self.oracle_output(name, binary, fresh=True):
                expected = oracle = got  # a run that the oracle itself does not repeat (a busy machine) has shown nothing
            if got != expected:
                lines = diff(expected, got, label, "ours")
                return lines + err.decode("utf-8", "replace").splitlines()[:self.args.stderr]
        return []


def ended_badly(output, err):
    text = output.decode("utf-8", "backslashreplace").splitlines()
    return text[-5:] + err.decode("utf-8", "replace").splitlines()[:10]


def read_differences():
    """{program: reason} from expected-differences.txt."""
    path, found = HERE / "expected-differences.txt", {}
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.strip() and not line.startswith("#"):
            name, _, reason = line.partition(":")
            found[name.strip()] = reason.strip()
    return found


def missing_in_table():
    """What cve-table.md says that does not hold: a row without a test, a test that is no program and no file."""
    programs = {s.stem for s in (*SOURCES.glob("*.c"), *ALONE.glob("*.c"))}
    rows = [line.strip("| \n").split(" | ") for line in (HERE / "cve-table.md").read_text().splitlines()
            if line.startswith("| ")][1:]
    if len(rows) < 20:
        yield "cve-table.md: its rows were not found"
    for row in rows:
        tests = re.findall("`([^`]+)`", row[-1]) if len(row) == 3 else []
        if not tests:
            yield f"cve-table.md: no test for {row[0]}"
        for test in tests:
            if test not in programs and not ("/" in test and (ROOT / test).is_file()):
                yield f"cve-table.md: {row[0]}: there is no {test}"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="names or beginnings of names")
    parser.add_argument("--lib", choices=("both", "oracle", "ours"), default="both")
    parser.add_argument("--ours", type=pathlib.Path, default=ROOT / "target/release/libzmq.so")
    parser.add_argument("--oracle", type=pathlib.Path, default=system_libzmq())
    parser.add_argument("--repeat", type=int, default=1, metavar="N")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--timeout", type=float, default=40, metavar="SECONDS")
    parser.add_argument("--wrapper", default="", help="a command to put before the program")
    parser.add_argument("--link", default="", help="arguments for the linker of the programs that ours runs")
    parser.add_argument("--skip", nargs="+", default=[], metavar="NAME", help="names to leave out")
    parser.add_argument("--stderr", type=int, default=10, metavar="LINES", help="how much of stderr to show")
    parser.add_argument("--fresh", action="store_true", help="run the oracle anew")
    parser.add_argument("--list", action="store_true", help="print the programs' names")
    return parser.parse_args()


def open_library(name, path, wanted):
    if not wanted:
        return None
    if path is None or not path.exists():
        sys.exit(f"{name}: no library at {path}")
    return Library(name, path)


def main():
    args = parse_arguments()
    sources = sorted(SOURCES.glob("*.c")) + (sorted(ALONE.glob("*.c")) if args.lib != "oracle" else [])
    if args.only:
        sources = [s for s in sources if s.stem.startswith(tuple(args.only))]
    sources = [s for s in sources if s.stem not in args.skip]
    if args.list:
        print("\n".join(s.stem for s in sources))
        return 0
    oracle = open_library("oracle", args.oracle, args.lib != "ours")
    ours = open_library("ours", args.ours, args.lib != "oracle")

    WORK.mkdir(parents=True, exist_ok=True)
    source = WORK / "probe.c"
    source.write_text(PROBE)
    for library in filter(None, (oracle, ours)):
        link = shlex.split(args.link) if library is ours else []
        probe = WORK / f"probe-{library.name}"
        problem = compile_program(source, probe, library.path, [*link, "-lm"])
        if problem:
            sys.exit(problem)
        library.prove(probe)

    suite, failed = Suite(args, oracle, ours), 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=args.jobs) as pool:
        for done in concurrent.futures.as_completed(pool.submit(suite.program, s) for s in sources):
            name, seconds, complaint = done.result()
            failed += bool(complaint)
            print(f"{'FAILED' if complaint else 'ok':6} {name} ({seconds:.2f} s)", flush=True)
            for line in complaint:
                print("       " + line, flush=True)
    passed = len(sources) - failed
    for name in sorted(set(suite.differences) - {s.stem for s in SOURCES.glob("*.c")}):
        print(f"FAILED {name} is in expected-differences.txt but is no program")
        failed += 1
    for complaint in missing_in_table():
        print(f"FAILED {complaint}")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
