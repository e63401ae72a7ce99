#!/usr/bin/env python3
"""The demo: programs that know nothing of us exchange messages through our library. Usage: run.py LIBRARY [options]

pyzmq's wheel from PyPI runs with LD_PRELOAD; Debian's python3-zmq, Debian's php-zmq and C programs linked with -lzmq run
with LD_LIBRARY_PATH. Each process proves that LIBRARY serves its calls, notes that in a file, and fails otherwise; each
play checks what it received. LIBRARY may be any libzmq.so.5, so a copy of the distribution's works too.

Debian packages and a venv that are missing are installed (packages as root only; else the command is told). Every step
is bounded in time, and so is the whole. Exit code 0: all passed; 1: not; 2: something must be installed first.
"""
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PYTHON, PHP = "/usr/bin/python3", "/usr/bin/php"
PACKAGES = ["python3-venv", "python3-zmq", "python3-tornado", "python3-gevent", "php-cli", "php-zmq", "gcc", "libc6-dev"]
WHEELS = ["pyzmq", "tornado", "gevent"]
STEP_SECONDS, ALL_SECONDS = 20, 85
C_PROGRAMS = ["reqrep", "pubsub", "pipeline", "broker"]

PLAYS = [  # title, play of python/plays.py, the same in C, the same in PHP
    ("Request and reply", "request_reply", "reqrep", "reqrep.php"),
    ("One client balanced over two servers", "request_reply_balanced", None, None),
    ("Publish and subscribe with prefix filters", "publish_subscribe", "pubsub", None),
    ("Pipeline: ventilator, workers, sink", "pipeline", "pipeline", None),
    ("Exclusive pair", "exclusive_pair", None, None),
    ("XSUB/XPUB forwarder", "forwarder", None, None),
    ("ROUTER/DEALER broker written with poll", "broker_poll", "broker poll", None),
    ("ROUTER/DEALER broker with zmq_proxy", "broker_proxy", "broker proxy", None),
    ("Asynchronous client and server", "asynchronous", None, None),
    ("Chain of three forked processes over ipc PAIR", None, None, "chain.php"),
    ("Configuration push centre", None, None, "push_centre.php"),
]


# Words on the terminal

def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if sys.stdout.isatty() else text


def heading(text):
    print("\n" + paint("1", text), flush=True)


def told(output):
    for line in output.rstrip().splitlines():
        print("     " + paint("2", line), flush=True)


# What the demo needs

class NotReady(Exception):
    """Something must be installed by hand; the text says how."""


def install_packages(allowed, need_header):
    packages = PACKAGES + (["libzmq3-dev"] if need_header else [])
    query = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Status}\\n", *packages], capture_output=True, text=True)
    present = {line.split()[0] for line in query.stdout.splitlines() if line.endswith(" installed")}
    missing = [package for package in packages if package not in present]
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if not allowed or os.geteuid() != 0:
        raise NotReady("packages are missing; as root run: " + " ".join(command))
    print("installing " + " ".join(missing), flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    if subprocess.run(command, **quiet).returncode != 0:
        raise NotReady("this failed: " + " ".join(command))


def install_wheels(venv, allowed):
    python = venv / "bin" / "python"
    check = [python, "-c", "import zmq, tornado, gevent"]
    if python.exists() and subprocess.run(check, stderr=subprocess.DEVNULL).returncode == 0:
        return
    commands = [[PYTHON, "-m", "venv", "--clear", str(venv)],
                [str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *WHEELS]]
    by_hand = " && ".join(" ".join(command) for command in commands)
    if not allowed:
        raise NotReady("the wheels are missing; run: " + by_hand)
    print("installing from PyPI into a venv: " + " ".join(WHEELS), flush=True)
    for command in commands:
        if subprocess.run(command).returncode != 0:
            raise NotReady("this failed: " + by_hand)


def link_library(directory, library):
    """A directory for LD_LIBRARY_PATH and -L that holds nothing but links to the library."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    for name in ("libzmq.so", "libzmq.so.5"):
        (directory / name).symlink_to(library)


# Running

def end_group(process):
    """End what is left of the process and its children: each command has a process group of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


class Stage:
    """Where the library, the built programs and the venv are, and how each kind of program is started with them."""

    def __init__(self, library, target):
        self.library, self.target = library, target
        self.venv, self.lib, self.bin = target / "venv", target / "lib", target / "bin"
        self.deadline = time.monotonic() + ALL_SECONDS
        self.passed = self.failed = 0

    def command(self, kind, program, *args):
        """(argv, environment) of a program of kind wheel, debian, php or c."""
        path = {"LD_LIBRARY_PATH": str(self.lib)}
        if kind == "wheel":
            return [self.venv / "bin" / "python", HERE / "python" / program, *args], {"LD_PRELOAD": str(self.library)}
        if kind == "debian":
            return [PYTHON, HERE / "python" / program, *args], path
        if kind == "php":
            return [PHP, HERE / "php" / program, *args], path
        return [self.bin / program, *args], path

    def environment(self, scratch, extra):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LD_", "PYTHON"))}
        return {**kept, "DEMO_LIBRARY": str(self.library), "DEMO_DIR": str(scratch), "PYTHONDONTWRITEBYTECODE": "1",
                "LD_BIND_NOW": "1", **extra}

    def run(self, scratch, commands):
        """Run commands side by side until all have ended; (exit codes, output, in time). None is left running."""
        end = min(time.monotonic() + STEP_SECONDS, self.deadline)
        started, in_time = [], True
        with open(scratch / "output", "w+b") as output:
            try:
                for argv, extra in commands:
                    started.append(subprocess.Popen(argv, env=self.environment(scratch, extra), stdin=subprocess.DEVNULL,
                                                    stdout=output, stderr=output, start_new_session=True))
                for process in started:
                    process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                in_time = False
            except OSError as error:
                output.write(f"cannot start: {error}\n".encode())
            finally:
                for process in started:
                    end_group(process)
            output.seek(0)
            codes = [process.returncode for process in started]
            return codes + [127] * (len(commands) - len(codes)), output.read().decode(errors="replace"), in_time

    def step(self, name, commands, proofs=2, refusal=None):
        """One step: commands that must all succeed and prove themselves, or all refuse with the given words."""
        begin = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="demo-") as scratch:
            codes, output, in_time = self.run(Path(scratch), commands)
            noted = Path(scratch, "proofs")
            proved = len(noted.read_text().splitlines()) if noted.exists() else 0
        told(output)
        seconds = time.monotonic() - begin
        if not in_time:
            self.verdict(False, name, f"not done after {seconds:.0f} s")
        elif refusal:
            self.verdict(all(codes) and refusal in output and not proved, name, "refused" if all(codes) else "went on")
        elif any(codes):
            self.verdict(False, name, "exit codes " + ", ".join(map(str, codes)))
        else:
            self.verdict(proved >= proofs, name, f"{proved} processes on our library, {seconds:.2f} s")

    def verdict(self, good, name, remark):
        self.passed += bool(good)
        self.failed += not good
        print(f"   {paint('32', '✓') if good else paint('31', '✗')} {name}: {remark}", flush=True)


# The steps

def compile_c(stage, include):
    heading("C programs compile against zmq.h and link with -lzmq")
    stage.bin.mkdir(parents=True, exist_ok=True)
    for program in C_PROGRAMS:
        built = subprocess.run(
            ["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", *include, "-o", stage.bin / program, HERE / "c" / f"{program}.c",
             HERE / "c" / "stage.c", "-L", stage.lib, "-lzmq", "-ldl"], capture_output=True, text=True)
        told(built.stderr)
        stage.verdict(built.returncode == 0, program, "built against " + (include[1] if include else "the system's zmq.h"))


def refusals(stage):
    heading("Without our library every kind of program refuses to play")
    for name, kind, program, *args in (
            ("wheel without LD_PRELOAD", "wheel", "plays.py", "blocking", "exclusive_pair"),
            ("python3-zmq without LD_LIBRARY_PATH", "debian", "plays.py", "blocking", "exclusive_pair"),
            ("php-zmq without LD_LIBRARY_PATH", "php", "chain.php")):
        argv, _ = stage.command(kind, program, *args)
        stage.step(name, [(argv, {})], refusal="NOT our library")


def classics(stage):
    for title, play, in_c, in_php in PLAYS:
        heading(title)
        for variant in ("blocking", "asyncio") if play else ():
            for kind, name in (("wheel", "pyzmq wheel"), ("debian", "python3-zmq")):
                stage.step(f"{name}, {variant}", [stage.command(kind, "plays.py", variant, play)])
        if in_c:
            stage.step("C", [stage.command("c", *in_c.split())])
        if in_php:
            stage.step("PHP", [stage.command("php", in_php)])


def mixed(stage):
    heading("All together: Python clients, C broker, PHP service")
    with tempfile.TemporaryDirectory(prefix="demo-") as meeting:
        front, back = f"ipc://{meeting}/front", f"ipc://{meeting}/back"
        stage.step("four programs", [
            stage.command("c", "broker", "relay", front, back, "100"),
            stage.command("php", "service.php", back, "100"),
            stage.command("wheel", "customer.py", "wheel", front, "50"),
            stage.command("debian", "customer.py", "debian", front, "50")], proofs=4)


def event_loops(stage):
    heading("ZMQ_FD in event loops: 1,000 request-replies, then an idle second without CPU")
    for loop in ("asyncio", "tornado", "gevent"):
        for kind, name in (("wheel", "pyzmq wheel"), ("debian", "python3-zmq")):
            stage.step(f"{name}, {loop}", [stage.command(kind, "loops.py", loop)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path, help="the libzmq.so.5 that everything must run on")
    parser.add_argument("--target", type=Path, default=ROOT / "target" / "demo", help="where the venv and programs go")
    parser.add_argument("--only", default="", metavar="REGEX", help="only the classics whose title matches, nothing else")
    parser.add_argument("--no-install", action="store_true", help="tell what is missing instead of installing it")
    options = parser.parse_args()
    if not options.library.is_file():
        parser.error(f"{options.library} is not there")

    library, target = options.library.resolve(), options.target.resolve()
    header = ROOT / "include" / "zmq.h"
    include = ["-I", str(header.parent)] if header.exists() else []
    try:
        install_packages(not options.no_install, not include)
        install_wheels(target / "venv", not options.no_install)
    except NotReady as missing:
        print(f"run.py: {missing}", file=sys.stderr)
        return 2
    link_library(target / "lib", library)

    stage = Stage(library, target)
    begin = time.monotonic()
    print(f"library: {library}")
    compile_c(stage, include)
    if options.only:
        PLAYS[:] = [play for play in PLAYS if re.search(options.only, play[0], re.IGNORECASE)]
        classics(stage)
    else:
        for part in (refusals, classics, mixed, event_loops):
            part(stage)
    summary = f"{stage.passed} passed, {stage.failed} failed"
    print("\n" + paint("1;31" if stage.failed else "1;32", summary) + f" ({time.monotonic() - begin:.0f} s)", flush=True)
    return 1 if stage.failed else 0


if __name__ == "__main__":
    sys.exit(main())
