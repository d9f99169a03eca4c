"""The rooms of the sources, and which of them include which: from the #include lines."""

import re
from collections import Counter

from pages import ROOT
from svg import GREY, Canvas

TOPS = {"dsl": "#e3f0e1", "codegen": "#fdebd3", "generators": "#fadbd8", "runtime": "#dbe9f8"}
AGAINST = "#c53030"
OTHERS = {"boost/hana": "Boost.Hana", "boost/math": "Boost.Math", "xsimd": "xsimd", "nlohmann": "nlohmann-json",
          "Halide.h": "Halide", "HalideRuntime": "Halide's runtime", "HalideBuffer": "Halide's runtime"}


def read():
    """Files by room, includes by pair of rooms, and what each room includes of others' libraries."""
    files, includes, others = Counter(), Counter(), {}
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*.[ch]pp")):
            room = path.parent.relative_to(ROOT).as_posix()
            files[room] += 1
            for header in re.findall(r'^#\s*include [<"]([^">]+)[">]', path.read_text(), flags=re.M):
                if header.startswith("timeloom/"):
                    target = header.removeprefix("timeloom/").rpartition("/")[0]
                    if target != room:
                        includes[room, target] += 1
                else:
                    name = next((OTHERS[key] for key in OTHERS if header.startswith(key)), None)
                    if name:
                        others.setdefault(room, set()).add(name)
    return files, includes, others


def reachable(edges, start):
    seen, todo = set(), [start]
    while todo:
        room = todo.pop()
        for a, b in edges:
            if a == room and b not in seen:
                seen.add(b)
                todo.append(b)
    return seen


def one_way(edges, includes):
    """The edges without those that close a circle: of a circle the one that stands for the fewest includes goes."""
    edges = set(edges)
    while True:
        in_circles = [(a, b) for a, b in edges if a in reachable(edges, b)]
        if not in_circles:
            return edges
        edges.remove(min(in_circles, key=lambda edge: (includes[edge], edge)))


def levels(rooms, edges):
    """How far each room stands above those that include nobody."""
    level = {}

    def find(room):
        if room not in level:
            level[room] = 1 + max((find(b) for a, b in edges if a == room), default=-1)
        return level[room]
    return {room: find(room) for room in rooms}


def needed(edges):
    """The edges that do not follow from others."""
    for a, b in sorted(edges):
        if not any(x == a and other != b and b in reachable(edges, other) for x, other in edges):
            yield a, b


def sentence(room):
    """What the room's CMakeLists.txt says first."""
    path = ROOT / room / "CMakeLists.txt"
    first = path.read_text().split("\n")[0] if path.exists() else ""
    text = re.sub(r"^# *([\w/:]+: +)?", "", first)
    return re.split(r"[.;] ?|, and ", text)[0] if first.startswith("#") else ""


def wrapped(text, width):
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [line for line in lines if line]


def draw():
    files, includes, others = read()
    rooms = sorted(files)
    edges = {(a, b) for a, b in includes if b in files}
    downwards = one_way(edges, includes)
    level = levels(rooms, downwards)
    arrows = list(needed(downwards))
    wide, tall, gap, step = 204, 104, 28, 172
    by_level = {n: sorted(room for room in rooms if level[room] == n) for n in range(max(level.values()) + 1)}
    most = max(len(row) for row in by_level.values())
    width = max(760, most * (wide + gap) + gap + 20)
    top = 88
    place = {}
    for n, row in by_level.items():
        y = top + (max(by_level) - n) * step
        for i, room in enumerate(row):
            x = (width - len(row) * (wide + gap) + gap) / 2 + i * (wide + gap)
            place[room] = (x, y)
    place = untangled(place, by_level, arrows, wide, gap, width)
    c = Canvas(round(width), top + len(by_level) * step - (step - tall) + 24, "The house: rooms and who includes whom")
    c.text(24, 30, "The house", 17, bold=True)
    c.text(24, 50, "An arrow: includes headers of. What follows from other arrows is left out. Small print: other libraries.", 12,
           fill=GREY)
    if edges - downwards:
        c.text(24, 66, "Red: against the others, so that two rooms know each other.", 12, fill=AGAINST)
    for a, b in arrows:
        (xa, ya), (xb, yb) = place[a], place[b]
        c.curve((xa + wide / 2, ya + tall), (xb + wide / 2, yb))
    for a, b in sorted(edges - downwards):
        (xa, ya), (xb, yb) = place[a], place[b]
        c.curve((xa + wide / 2 + 24, ya), (xb + wide / 2 + 24, yb + tall), stroke=AGAINST, dashed=True)
    for room, (x, y) in place.items():
        c.rect(x, y, wide, tall, TOPS[room.split("/")[0]], GREY)
        c.text(x + wide / 2, y + 20, room, 14 if len(room) < 22 else 12, "middle", bold=True)
        c.lines(x + wide / 2, y + 37, wrapped(sentence(room), 34)[:3], 11, step=13)
        c.text(x + wide / 2, y + tall - 22, f"{files[room]} files", 11, "middle", GREY)
        c.text(x + wide / 2, y + tall - 8, ", ".join(sorted(others.get(room, ()))), 10, "middle", GREY)
    return c.svg()


def untangled(place, by_level, arrows, wide, gap, width):
    """Moves the rooms of each row under those that point at them, from the top down."""
    for n in sorted(by_level, reverse=True)[1:]:
        row = by_level[n]

        def wish(room):
            above = [place[a][0] for a, b in arrows if b == room and place[a][1] < place[room][1]]
            return sum(above) / len(above) if above else place[room][0]
        row.sort(key=lambda room: (wish(room), room))
        x = (width - len(row) * (wide + gap) + gap) / 2
        for i, room in enumerate(row):
            place[room] = (x + i * (wide + gap), place[room][1])
    return place
