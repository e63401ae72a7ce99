"""The benchmark's chart: for each main case the ratio of ours to libzmq as bars, one for each transport. run.py calls it.

The axis is logarithmic with a line at 1, where both are equal. Whiskers: quartiles of the paired ratios; diamond: the ratio of
CPU time. Plain SVG, so that it can stand in a README.
"""
import math
import re
from xml.sax.saxutils import escape

MAIN = re.compile(r"push_pull_(8|32|256|1k|16k|64k|1m)/|req_rep_1/|dealer_router_1/|pub_(32|128)_|router_|poll|miss|connect/"
                  r"|memory_1000|curve_(100|4k|64k)|proxy_.*_64")
COLORS = {"tcp": "#2b6cb0", "ipc": "#2f9e6e", "inproc": "#d08a1d"}
WIDTH, LEFT, RIGHT, ROW, GAP, TOP = 900, 190, 230, 15, 7, 84
MOST = 8  # ratios beyond are cut, with their number beside


def axis(octaves):
    middle, half = (LEFT + WIDTH - RIGHT) / 2, (WIDTH - RIGHT - LEFT) / 2
    return lambda ratio: middle + half * max(-1.0, min(1.0, math.log2(ratio) / octaves))


def bar(y, row, cpu, x, figure, metrics):
    """One bar with its whisker, its diamond and its numbers."""
    ratio, (name, unit, _) = row["ratio"], metrics[row["metric"]]
    begin, end = sorted((x(1), x(ratio["median"])))
    numbers = f"{ratio['median']:.2f}\u00d7   {figure(row['libzmq'])} \u2192 {figure(row['ours'])} {unit}"
    middle = y + ROW / 2 - 1
    yield (f'<rect x="{begin:.1f}" y="{y}" width="{max(end - begin, 1):.1f}" height="{ROW - 3}" fill="{COLORS[row["transport"]]}"/>'
           f'<line x1="{x(ratio["low"]):.1f}" x2="{x(ratio["high"]):.1f}" y1="{middle}" y2="{middle}" stroke="#222" stroke-width="1.2"/>'
           f'<text x="{WIDTH - RIGHT + 12}" y="{y + ROW - 4}" xml:space="preserve" font-size="11">{escape(numbers)}</text>')
    if cpu:
        yield (f'<rect x="-3" y="-3" width="6" height="6" fill="#fff" stroke="#a02020" stroke-width="1.3" '
               f'transform="translate({x(cpu["median"]):.1f} {middle}) rotate(45)"/>')


def grid(x, octaves, height):
    for power in range(-math.floor(octaves), math.floor(octaves) + 1):
        at, label = x(2.0 ** power), f"{2 ** power}\u00d7" if power >= 0 else f"1/{2 ** -power}"
        yield (f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 8}" y2="{height - 30}" stroke="{"#222" if power == 0 else "#ddd"}"/>'
               f'<text x="{at:.1f}" y="{height - 14}" text-anchor="middle" fill="#666">{label}</text>')


def legend():
    for number, (transport, color) in enumerate(COLORS.items()):
        yield (f'<rect x="{20 + 70 * number}" y="54" width="11" height="11" fill="{color}"/>'
               f'<text x="{36 + 70 * number}" y="64">{transport}</text>')


def chart(rows, title, speed, figure, metrics):
    cpu = {row["case"]: row["ratio"] for row in rows if row["metric"] == "cpu"}
    groups = {}
    for row in rows:
        if row["metric"] in speed and MAIN.match(row["case"]):
            groups.setdefault(row["group"], []).append(row)
    bars = [row["ratio"]["median"] for group in groups.values() for row in group]
    octaves = math.ceil(math.log2(min(MOST, max([2.0] + [max(ratio, 1 / ratio) for ratio in bars]))) * 2) / 2
    height = TOP + ROW * len(bars) + GAP * len(groups) + 40
    x = axis(octaves)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
           'font-family="Helvetica, Arial, sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
           f'<text x="20" y="26" font-size="17" font-weight="bold">{escape(title)}</text>',
           '<text x="20" y="44" fill="#666">right of 1: ours is better \u00b7 bar: median of paired ratios (rate, median latency, memory) '
           '\u00b7 line: quartiles \u00b7 diamond: CPU time each</text>', *legend(), *grid(x, octaves, height)]
    y = TOP
    for name, group in groups.items():
        out.append(f'<text x="{LEFT - 10}" y="{y + ROW * len(group) / 2 + 3}" text-anchor="end">{escape(name)}</text>')
        for row in group:
            out += bar(y, row, cpu.get(row["case"]), x, figure, metrics)
            y += ROW
        y += GAP
    return "\n".join([*out, "</svg>", ""])
