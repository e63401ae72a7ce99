#!/usr/bin/env python3
"""The benchmark: one program (bench.c and its cases) run alternately with Debian's libzmq5 and with ours. Usage: run.py LIBRARY [options]

Each round runs every case with both libraries, one right after the other and in turning order (A B, B A, …), so that the
machine's weather hits both; each such pair gives a ratio, and the table shows the median of the ratios with its quartiles.
Ratio is ours / libzmq, turned so that more than 1 means ours is better: more messages a second, less time, less CPU. The
raw descriptors' figures of the same run stand beside them as the machine's floor. QUICK=1 in the environment: fewer and
shorter rounds (under two minutes). Results: a table, OUT/results.json and OUT/chart.svg. Python's standard library only.
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
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
METRICS = {  # key: (heading, unit, whether more is better)
    "rate": ("rate", "msg/s", True),
    "p50": ("p50", "µs", False),
    "p99": ("p99", "µs", False),
    "p999": ("p99.9", "µs", False),
    "memory": ("RSS", "KiB", False),
    "cpu": ("CPU", "µs/msg", False),
}
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


def run_rounds(bench, cases, rounds, seconds):
    """{case: {library or "floor": [metrics of each round, None for a failed run]}}, versions and failures."""
    samples, versions, failures = {}, {}, []
    runs = [(case, ("floor",) if case["floor"] == "" else LIBRARIES) for case in cases]
    progress = Progress(rounds * sum(len(names) for _, names in runs))
    for turn in range(rounds):
        for case, names in runs:
            for name in names if turn % 2 == 0 else reversed(names):
                progress.step(f"{case['name']} {name}")
                library = "libzmq" if name == "floor" else name
                try:
                    metrics, versions[library] = bench.measure(library, case["name"], seconds)
                except (RuntimeError, subprocess.TimeoutExpired) as error:
                    metrics = None
                    failures.append(f"{case['name']} with {name}: {error}")
                samples.setdefault(case["name"], {}).setdefault(name, []).append(metrics)
    progress.end()
    return samples, versions, failures


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


def evaluate(cases, samples):
    """A row per case and metric: both medians, the ratio, the floor."""
    rows = []
    for case in cases:
        if case["floor"] == "":
            continue
        for metric in case["metrics"]:
            ratio = ratio_of(samples[case["name"]], metric)
            floor = samples.get(case["floor"], {}).get("floor", [])
            rows.append({"case": case["name"], "group": case["group"], "transport": case["transport"], "metric": metric,
                         **{name: median_of(samples[case["name"]][name], metric) for name in LIBRARIES},
                         "ratio": ratio, "floor": median_of(floor, metric)})
    return rows


def figure(value):
    """Three to four digits, with k and M."""
    if value is None:
        return "-"
    for size, suffix in ((1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{suffix}" if value < 1e3 * size else f"{value / size:.0f}{suffix}"
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def print_table(rows):
    line = "{:<18} {:<7} {:<5} {:>11} {:>11} {:>7}  {:<13} {:>9} {}"
    head = line.format("case", "over", "", "libzmq", "ours", "ratio", "quartiles", "floor", "unit")
    print(head + "\n" + "─" * len(head))
    for row in rows:
        name, unit, _ = METRICS[row["metric"]]
        ratio = row["ratio"]
        median = f"{ratio['median']:.2f}" if ratio else "failed"
        spread = f"{ratio['low']:.2f} – {ratio['high']:.2f}" if ratio else ""
        print(line.format(row["group"], row["transport"], name, figure(row["libzmq"]), figure(row["ours"]), median, spread,
                          figure(row["floor"]), unit))


# The chart

WIDTH, LEFT, RIGHT, ROW = 900, 250, 250, 22
TOP = 76


def chart(rows, title):
    """Bars from 1 towards the ratio, on a logarithmic axis, with the quartiles as whiskers; speed only, CPU as a diamond."""
    cpu = {row["case"]: row["ratio"] for row in rows if row["metric"] == "cpu"}
    bars = [row for row in rows if row["metric"] not in ("cpu", "p999") and row["ratio"]]
    reach = max([2.0] + [x for row in bars for r in (row["ratio"], cpu.get(row["case"])) if r
                         for x in (r["median"], 1 / r["median"])])
    octaves = math.ceil(math.log2(reach) * 2) / 2
    middle, half = (LEFT + WIDTH - RIGHT) / 2, (WIDTH - RIGHT - LEFT) / 2

    def x(ratio):
        return middle + half * max(-1.0, min(1.0, math.log2(ratio) / octaves))

    height = TOP + ROW * len(bars) + 48
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
           'font-family="Helvetica, Arial, sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
           f'<text x="20" y="28" font-size="17" font-weight="bold">{escape(title)}</text>',
           '<text x="20" y="46" fill="#666">right of 1: ours is better · bar: median of paired ratios · line: quartiles · '
           'diamond: CPU per message</text>']
    for power in range(-math.floor(octaves), math.floor(octaves) + 1):
        at, label = x(2.0 ** power), f"{2 ** power}×" if power >= 0 else f"1/{2 ** -power}"
        out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 6}" y2="{height - 44}" stroke="{"#333" if power == 0 else "#ddd"}"/>'
                   f'<text x="{at:.1f}" y="{height - 28}" text-anchor="middle" fill="#666">{label}</text>')
    for number, row in enumerate(bars):
        y, ratio = TOP + ROW * number, row["ratio"]
        name, unit, _ = METRICS[row["metric"]]
        color = "#2a9d5c" if ratio["median"] >= 1 else "#c8453b"
        begin, end = sorted((x(1), x(ratio["median"])))
        label = f"{row['group']} · {row['transport']}" + ("" if row["metric"] == "rate" else f" · {name}")
        numbers = f"{ratio['median']:.2f}×   {figure(row['libzmq'])} → {figure(row['ours'])} {unit}"
        out.append(f'<text x="{LEFT - 10}" y="{y + 13}" text-anchor="end">{escape(label)}</text>'
                   f'<rect x="{begin:.1f}" y="{y + 2}" width="{max(end - begin, 1):.1f}" height="{ROW - 7}" fill="{color}" rx="2"/>'
                   f'<line x1="{x(ratio["low"]):.1f}" x2="{x(ratio["high"]):.1f}" y1="{y + 9.5}" y2="{y + 9.5}" stroke="#222" stroke-width="1.5"/>'
                   f'<text x="{WIDTH - RIGHT + 14}" y="{y + 13}" xml:space="preserve">{escape(numbers)}</text>')
        if cpu.get(row["case"]) and row["metric"] != "p99":
            out.append(f'<rect x="-4" y="-4" width="8" height="8" fill="#fff" stroke="#1d4e89" stroke-width="1.5" '
                       f'transform="translate({x(cpu[row["case"]]["median"]):.1f} {y + 9.5}) rotate(45)"/>')
    return "\n".join([*out, "</svg>", ""])


# All of it

def parse_options():
    quick = os.environ.get("QUICK", "") not in ("", "0")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path, help="our libzmq.so.5")
    parser.add_argument("--against", type=Path, help="the library to compare with (default: the system's)")
    parser.add_argument("--only", default=os.environ.get("ONLY", ""), metavar="REGEX", help="only the cases whose name matches (and the floors they need)")
    parser.add_argument("--rounds", type=int, default=5 if quick else 9)
    parser.add_argument("--seconds", type=float, default=0.4 if quick else 1.0, help="measured time of each run")
    parser.add_argument("--out", type=Path, default=ROOT / "target" / "bench")
    return parser.parse_args()


def select(cases, pattern):
    """The cases whose name matches, after the floor cases that they name."""
    wanted = [case for case in cases if case["floor"] != "" and re.search(pattern, case["name"])]
    floors = {case["floor"] for case in wanted}
    return [case for case in cases if case["name"] in floors] + wanted


def main():
    options = parse_options()
    paths = {"libzmq": (options.against or system_library()).resolve(), "ours": options.library.resolve()}
    for path in paths.values():
        if not path.is_file():
            sys.exit(f"run.py: {path} is not there")
    out = options.out.resolve()
    bench = Bench(out, paths)
    cases = select(bench.cases(), options.only)

    begin = time.monotonic()
    samples, versions, failures = run_rounds(bench, cases, options.rounds, options.seconds)
    rows = evaluate(cases, samples)
    about = {"date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": platform.machine(), "kernel": platform.release(),
             "cpus": os.cpu_count(), "rounds": options.rounds, "seconds": options.seconds, "versions": versions,
             "libraries": {name: path.name for name, path in paths.items()}}
    print_table(rows)
    floors = {name: {metric: median_of(runs["floor"], metric) for metric in METRICS}
              for name, runs in samples.items() if "floor" in runs}
    (out / "results.json").write_text(json.dumps(
        {"about": about, "rows": rows, "floors": floors, "samples": samples, "failures": failures}, indent=1) + "\n")
    (out / "chart.svg").write_text(chart(rows, f"oxizmq against libzmq {versions.get('libzmq', '?')}, {os.cpu_count()} CPUs"))
    print(f"\n{options.rounds} rounds of {options.seconds} s, {time.monotonic() - begin:.0f} s in all; {out / 'results.json'}, {out / 'chart.svg'}")
    for failure in failures:
        print(f"FAILED {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
