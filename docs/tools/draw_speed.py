"""The README's table of figures as bars: each case beside its best peer."""

import re

from pages import ROOT
from svg import GREY, INK, RULE, Canvas

OURS, PEER = "#2b6cb0", "#bcccdc"


def rows():
    lines = (ROOT / "README.md").read_text().split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith("| batch ")) + 2
    for line in lines[first:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def cases():
    """(label, our time, name of the peer, its time, unit) with one thread."""
    layer, step_sizes, prefix = "", [], ""
    for what, ours, peer, _ in rows():
        unit = "µs" if "(µs)" in what else "ms"
        what = what.replace(" (µs)", "")
        name, times = re.fullmatch(r"(\D+?) (\d.*)", peer).groups()
        sizes = re.findall(r"\d+ → \d+", what)
        if "," in ours:
            step_sizes = sizes or step_sizes
            kind = re.match(r"one (\w+) step", what)[1]
            labels = [f"one {kind} step, {size} units" for size in step_sizes]
            for label, a, b in zip(labels, ours.split(", "), times.split(", "), strict=True):
                yield label, a, name, b, unit
            continue
        if what.startswith("training step, "):
            prefix, what = "training, ", what.removeprefix("training step, ")
        elif " layer" in what:
            prefix = ""
        if what.startswith("the same, "):
            what = layer + what.removeprefix("the same")
        layer = what.rsplit(",", 1)[0]
        yield prefix + what.replace(" (`reset_after=false`)", ""), ours.split(" / ")[0], name, times.split(" / ")[0], unit


def draw():
    all_cases = list(cases())
    left, unit, row, top = 436, 172, 40, 78
    c = Canvas(960, top + row * len(all_cases) + 24, "How many times as fast as the best peer")
    c.text(24, 30, "How many times as fast as the best peer, with one thread", 17, bold=True)
    c.text(24, 52, "Longer is faster. Blue: Timeloom. Grey: the fastest of the others, whose bar is always 1 long.", 12, fill=GREY)
    bottom = top + row * len(all_cases)
    for mark in (1, 2):
        c.line([(left + unit * mark, top - 8), (left + unit * mark, bottom)], RULE, 1)
        c.text(left + unit * mark, bottom + 16, f"{mark} ×", 11, "middle", GREY)
    for i, (label, ours, name, theirs, time_unit) in enumerate(all_cases):
        y = top + row * i
        ratio = float(theirs) / float(ours)
        c.text(left - 12, y + 19, label, 12, "end")
        c.rect(left, y, unit * ratio, 15, OURS, OURS, 2)
        c.text(left + unit * ratio + 8, y + 12, f"{ratio:.1f} ×", 12, fill=INK, bold=True)
        c.text(left + unit * ratio + 52, y + 12, f"{ours} {time_unit}", 11, fill=GREY)
        c.rect(left, y + 16, unit, 12, PEER, PEER, 2)
        c.text(left + unit + 8, y + 27, f"{name}  {theirs} {time_unit}", 11, fill=GREY)
    return c.svg()
