#!/usr/bin/env python3
"""The benchmark: one program (bench.c and its cases) run alternately with Debian's libzmq5 and with ours. Usage: run.py LIBRARY [options]

Each round runs every case with both libraries, one right after the other and in turning order (A B, B A, …), so that the
machine's weather hits both; each such pair gives a ratio, and the table shows the median of the ratios with its quartiles.
Cases whose ratios scatter widely get more rounds, whatever the ratios are; the table says how many.
Ratio is ours / libzmq, turned so that more than 1 means ours is better: more messages a second, less time, less CPU. The
raw descriptors' figures of the same run stand beside them as the machine's floor. TARGETS says what each case must reach;
the table marks what does not. QUICK=1 in the environment: the main cases only, under two minutes; ONLY=regex picks cases.
--against FILE compares with any other library, such as our own of yesterday, without targets. Results: a table, OUT/results.json and
OUT/chart.svg (chart.py). No run lasts, and none leaves anything behind. Python's standard library only.
"""
import argparse
import json
import math
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

from chart import chart

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
METRICS = {  # key: (heading, unit, whether more is better)
    "rate": ("rate", "/s", True),
    "p50": ("p50", "µs", False),
    "p99": ("p99", "µs", False),
    "p999": ("p99.9", "µs", False),
    "cpu": ("CPU", "µs", False),
    "memory": ("RSS", "KiB", False),
}
SPEED = ("rate", "p50", "memory")  # what a case is there for; the rest says what that costs
# What the ratio must reach at least, by the case's name, the first that matches; for CPU it is 1 everywhere.
TARGETS = [(re.compile(pattern), target) for pattern, target in (
    (r"req_rep|dealer_router_\w+/(tcp|ipc)", 2.0),
    (r"push_pull_(8|32)/", 1.5),
    (r"push_pull_(64|128|256|1k|4k|16k)/", 2.0),
    (r"push_pull_64k/", 1.3),
    (r"push_pull_1m/", 1.1),
    (r"pub_32_64/", 1.5),
    (r"pub_32_1k/", 2.5),
    (r"router_(64|500)/", 1.5),
    (r"curve_(100|1k|4k)/", 1.5),
    (r"curve_64k/", 1.2),
    (r"poll_1000/", 5.0),
    (r"connect/", 1.5),
    (r"memory_", 2.0),
    (r"", 1.0),
)]
NEVER_WORSE = re.compile(r"idle|threads")  # here the tail counts, too
NEAR_FLOOR = re.compile(r"(req_rep|dealer_router)_\w+/(tcp|ipc)"), 1.5  # and this often the raw descriptors' time at most
QUICK = (r"push_pull_(32|256|1k|64k)/(tcp|inproc)|push_pull_1k/ipc|req_rep_1/|dealer_router_1/tcp|pub_32_|router_64/|poll|match"
         r"|connect/tcp|memory_1000|curve_(100|4k)|proxy_\w+_64|idle")
QUICK_BUDGET = 90  # seconds after which no more round begins
WIDE = 0.2  # quartiles this far apart, as a part of the median, are a wide scatter: such a case is run again,
AGAIN = 2  # and so often at most, as many rounds each time
LIBRARIES = ("libzmq", "ours")


# Building and running

def system_library():
    """The distribution's libzmq.so.5, as the loader would find it."""
    listing = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    found = re.search(r"libzmq\.so\.5 .*=> (\S+)", listing)
    if not found:
        sys.exit("run.py: no libzmq.so.5 to compare with; as root run: apt-get install libzmq5")
    return Path(found[1]).resolve()


class Bench:
    """The built program and a directory of its own for each library."""

    def __init__(self, out, paths):
        self.paths = paths
        self.program = out / "bench"
        self.dirs = {name: out / f"lib-{name}" for name in paths}
        for name, directory in self.dirs.items():
            directory.mkdir(parents=True, exist_ok=True)
            for link in ("libzmq.so", "libzmq.so.5"):
                (directory / link).unlink(missing_ok=True)
                (directory / link).symlink_to(paths[name])
        include = ROOT / "include"
        header = ["-I", include] if (include / "zmq.h").exists() else []
        built = subprocess.run(["cc", "-std=gnu11", "-O2", "-Wall", *header, "-o", self.program, *sorted(HERE.glob("*.c")),
                                "-L", self.dirs["libzmq"], "-lzmq", "-ldl", "-lpthread"])
        if built.returncode != 0:
            sys.exit("run.py: bench/*.c does not build (needed: gcc, libc6-dev and a zmq.h, e.g. of libzmq3-dev)")

    def call(self, name, *args, timeout=30):
        environment = {**os.environ, "LD_LIBRARY_PATH": str(self.dirs[name])}
        ran = subprocess.run([self.program, *args], env=environment, capture_output=True, text=True, timeout=timeout)
        if ran.returncode != 0:
            raise RuntimeError(f"exit code {ran.returncode}: {ran.stderr.strip()}")
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def cases(self):
        return self.call("libzmq", "list")

    def measure(self, name, case, seconds):
        """The metrics of one run; it must have run on the library it was meant for."""
        result, = self.call(name, case, str(seconds), timeout=seconds * 3 + 20)
        if Path(result["library"]) != self.paths[name]:
            raise RuntimeError(f"ran on {result['library']} instead of {self.paths[name]}")
        return result["metrics"], result["version"]


class Progress:
    """A bar on a terminal, silence elsewhere."""

    def __init__(self, total):
        self.total, self.done, self.begin = total, 0, time.monotonic()

    def show(self, what):
        if not sys.stderr.isatty():
            return
        filled = 30 * self.done // self.total
        left = (time.monotonic() - self.begin) / self.done * (self.total - self.done) if self.done else 0
        bar = "█" * filled + "░" * (30 - filled)
        print(f"\r\033[K{bar} {self.done}/{self.total}  {left:4.0f} s left  {what}", end="", file=sys.stderr, flush=True)

    def step(self, what):
        self.show(what)
        self.done += 1

    def end(self):
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


class Runs:
    """What was measured so far: {case: {library or "floor": [metrics of each round, None for a failed run]}}.

    What has failed twice is not tried again; no run begins after `budget` seconds.
    """

    def __init__(self, bench, seconds, budget):
        self.bench, self.seconds = bench, seconds
        self.end = time.monotonic() + budget
        self.samples, self.versions, self.failures = {}, {}, []

    def remember(self, results, cases):
        """An earlier run's samples of these, and what failed in it."""
        for case in cases:
            for name, metrics in results["samples"].get(case["name"], {}).items():
                self.samples.setdefault(case["name"], {}).setdefault(name, []).extend(metrics)
        self.versions.update(results["about"]["versions"])
        self.failures.extend(results["failures"])

    def add(self, cases, rounds):
        """So many more rounds of these."""
        runs = [(case, ("floor",) if case["floor"] == "" else LIBRARIES) for case in cases]
        progress = Progress(rounds * sum(len(names) for _, names in runs))
        for turn in range(rounds):
            for case, names in runs:
                for name in names if turn % 2 == 0 else reversed(names):
                    progress.step(f"{case['name']} {name}")
                    self.samples.setdefault(case["name"], {}).setdefault(name, []).append(self.once(case, name))
        progress.end()

    def once(self, case, name):
        done = self.samples[case["name"]][name]
        if done.count(None) >= 2 or time.monotonic() > self.end:
            return None
        library = "libzmq" if name == "floor" else name
        try:
            metrics, self.versions[library] = self.bench.measure(library, case["name"], self.seconds)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            self.failures.append(f"{case['name']} with {name}, round {len(done) + 1}: {error}")
            return None
        return metrics

    def scatter(self, case):
        """Whether the ratios of what the case is there for scatter widely."""
        ratios = [ratio_of(self.samples[case["name"]], metric) for metric in case["metrics"] if metric in SPEED and case["floor"] != ""]
        return any(ratio and ratio["high"] - ratio["low"] > WIDE * ratio["median"] for ratio in ratios)


# Figures

def median_of(samples, metric):
    values = [sample[metric] for sample in samples if sample and metric in sample]
    return statistics.median(values) if values else None


def ratio_of(samples, metric):
    """Median and quartiles of the paired ratios, or None."""
    more_is_better = METRICS[metric][2]
    pairs = [(theirs[metric], ours[metric]) for theirs, ours in zip(samples["libzmq"], samples["ours"]) if theirs and ours]
    ratios = [ours / theirs if more_is_better else theirs / ours for theirs, ours in pairs]
    if not ratios:
        return None
    low, _, high = statistics.quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return {"median": statistics.median(ratios), "low": low, "high": high, "pairs": ratios}


def target_of(case, metric):
    """What the ratio must reach, or None."""
    if metric == "cpu" or metric == "p99" and NEVER_WORSE.match(case):
        return 1.0
    return next(target for pattern, target in TARGETS if pattern.match(case)) if metric in SPEED else None


def judge(row):
    """Whether the row reaches its target; None when it has none."""
    if row["target"] is None:
        return None
    near, factor = NEAR_FLOOR
    if row["metric"] == "p50" and near.match(row["case"]) and row["floor"] and row["ours"] and row["ours"] > factor * row["floor"]:
        return False
    return row["ratio"] is not None and row["ratio"]["median"] >= row["target"]


def evaluate(cases, samples, targets):
    """A row per case and metric: both medians, the ratio, the floor, and the target if there are any."""
    rows = []
    for case in cases:
        if case["floor"] == "":
            continue
        for metric in case["metrics"]:
            ratio = ratio_of(samples[case["name"]], metric)
            floor = samples.get(case["floor"], {}).get("floor", [])
            rows.append({"case": case["name"], "group": case["group"], "transport": case["transport"], "metric": metric,
                         **{name: median_of(samples[case["name"]][name], metric) for name in LIBRARIES},
                         "ratio": ratio, "floor": median_of(floor, metric), "target": target_of(case["name"], metric) if targets else None})
            rows[-1]["reached"] = judge(rows[-1])
    return rows


def figure(value):
    """Three to four digits, with k and M."""
    if value is None:
        return "-"
    for size, suffix in ((1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{suffix}" if value < 1e3 * size else f"{value / size:.0f}{suffix}"
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def print_table(rows, other):
    line = "{:<22} {:<7} {:<5} {:>9} {:>9} {:>7}  {:<13} {:>6} {:>6}  {:>9} {}"
    head = line.format("case", "over", "", other, "ours", "ratio", "quartiles", "rounds", "must", "floor", "unit")
    print(head + "\n" + "─" * len(head))
    previous = None
    for row in rows:
        name, unit, _ = METRICS[row["metric"]]
        ratio = row["ratio"]
        median = f"{ratio['median']:.2f}" if ratio else "failed"
        spread = f"{ratio['low']:.2f} – {ratio['high']:.2f}" if ratio else ""
        rounds = len(ratio["pairs"]) if ratio else 0
        mark = {True: "✓", False: "✗", None: " "}[row["reached"]]
        must = f"{row['target']:.1f} {mark}" if row["target"] else ""
        first = row["case"] != previous
        previous = row["case"]
        print(line.format(row["group"] if first else "", row["transport"] if first else "", name, figure(row["libzmq"]),
                          figure(row["ours"]), median, spread, rounds, must, figure(row["floor"]), unit))


def print_verdict(rows):
    judged = [row for row in rows if row["target"]]
    missed = [row for row in judged if not row["reached"]]
    print(f"\n{len(judged) - len(missed)} of {len(judged)} targets reached.")
    for row in missed:
        ratio = f"{row['ratio']['median']:.2f}" if row["ratio"] else "failed"
        near = ""
        if row["metric"] == "p50" and row["ours"] and row["floor"] and NEAR_FLOOR[0].match(row["case"]):
            near = f", {row['ours'] / row['floor']:.1f} of at most {NEAR_FLOOR[1]} times the floor"
        print(f"  ✗ {row['case']} {METRICS[row['metric']][0]}: {ratio} of {row['target']:.1f}{near}")


# All of it

def parse_options():
    quick = os.environ.get("QUICK", "") not in ("", "0")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path, help="our libzmq.so.5")
    parser.add_argument("--against", type=Path, help="the library to compare with (default: the system's)")
    parser.add_argument("--only", metavar="REGEX", default=os.environ.get("ONLY") or (QUICK if quick else ""),
                        help="only the cases whose name matches (and the floors they need)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.25 if quick else 1.0, help="measured time of each run")
    parser.add_argument("--budget", type=float, default=QUICK_BUDGET if quick else math.inf, metavar="SECONDS",
                        help="begin no run after that time; the table shows what there is")
    parser.add_argument("--with", type=Path, action="append", default=[], dest="earlier", metavar="RESULTS",
                        help="count an earlier run of the same libraries, too (its results.json; with --rounds 0 such runs only)")
    parser.add_argument("--out", type=Path, default=ROOT / "target" / "bench")
    return parser.parse_args()


def earlier_run(path, library):
    """The results of a run that compared with this library."""
    try:
        results = json.loads(path.read_text())
        other = results["about"]["libraries"]["libzmq"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"run.py: {path} holds no results of a run: {error}")
    if other != library.name:
        sys.exit(f"run.py: {path} is of a run that compared with {other}, not {library.name}")
    return results


def select(cases, pattern):
    """The cases whose name matches, after the floor cases that they name."""
    wanted = [case for case in cases if case["floor"] != "" and re.search(pattern, case["name"])]
    floors = {case["floor"] for case in wanted}
    return [case for case in cases if case["name"] in floors] + wanted


def print_floors(floors):
    print("\nThe machine itself: " + "; ".join(
        f"{name} " + ", ".join(f"{METRICS[metric][0]} {figure(value)} {METRICS[metric][1]}" for metric, value in metrics.items() if value)
        for name, metrics in floors.items()))


def write_results(out, about, rows, floors, samples, failures):
    (out / "results.json").write_text(json.dumps(
        {"about": about, "rows": rows, "floors": floors, "samples": samples, "failures": failures}, indent=1) + "\n")
    title = f"oxizmq against libzmq {about['versions'].get('libzmq', '?')}, {about['cpus']} CPUs"
    (out / "chart.svg").write_text(chart([row for row in rows if row["ratio"]], title, SPEED, figure, METRICS))


def main():
    options = parse_options()
    paths = {"libzmq": (options.against or system_library()).resolve(), "ours": options.library.resolve()}
    for path in paths.values():
        if not path.is_file():
            sys.exit(f"run.py: {path} is not there")
    out = options.out.resolve()
    bench = Bench(out, paths)
    cases = select(bench.cases(), options.only)
    if not cases:
        sys.exit(f"run.py: no case matches {options.only}")

    load = os.getloadavg()[0]  # of others, which blurs what is measured
    begin = time.monotonic()
    runs = Runs(bench, options.seconds, options.budget)
    for path in options.earlier:
        runs.remember(earlier_run(path, paths["libzmq"]), cases)
    runs.add(cases, options.rounds)
    for _ in range(AGAIN if options.rounds else 0):
        runs.add([case for case in cases if runs.scatter(case)], options.rounds)
    samples, versions, failures = runs.samples, runs.versions, runs.failures
    cases = [case for case in cases if case["name"] in samples]  # an earlier run may have left some out
    rows = evaluate(cases, samples, targets=not options.against)
    floors = {name: {metric: median_of(runs["floor"], metric) for metric in METRICS}
              for name, runs in samples.items() if "floor" in runs}
    about = {"date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": platform.machine(), "kernel": platform.release(),
             "cpus": os.cpu_count(), "load": load, "rounds": options.rounds, "seconds": options.seconds, "versions": versions,
             "libraries": {name: path.name for name, path in paths.items()}}
    print_table(rows, "other" if options.against else "libzmq")
    print_floors(floors)
    if not options.against:
        print_verdict(rows)
    write_results(out, about, rows, floors, samples, failures)
    print(f"\n{options.rounds} rounds and more of {options.seconds} s, {time.monotonic() - begin:.0f} s in all, load {load:.1f} at the start; {out / 'results.json'}, {out / 'chart.svg'}")
    for failure in failures:
        print(f"FAILED {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
