"""arrows.py: which rooms of the house may include headers of which, checked against every #include line.

A room is a folder, and a header of its own a room where only that may be seen. A room sees itself and what the table
says, nothing else.
"""

import re
import sys
from pathlib import Path

source = Path(__file__).resolve().parent.parent

SEES = {
    "runtime/plan": [],
    "dsl": ["runtime/plan", "runtime/error.hpp"],
    "codegen": ["dsl", "runtime/plan"],
    "generators": ["codegen", "dsl", "runtime/plan"],
    "runtime/files": ["runtime"],
    "runtime": ["runtime/plan", "runtime/files"],
    "runtime/series": ["runtime", "runtime/files"],
    # A model of a program is still handed over as its declaration.
    "runtime/arima": ["runtime", "runtime/files", "runtime/plan", "runtime/series", "dsl/arima.hpp", "dsl/lag_filter.hpp"],
}


def room_of(path):
    """The longest folder of the table that the path lies in, or None."""
    rooms = [room for room in SEES if path.startswith(room + "/")]
    return max(rooms, key=len, default=None)


wrong = []
for room in SEES:
    for file in sorted((source / room).rglob("*.[ch]pp")):
        name = str(file.relative_to(source))
        if room_of(name) != room:
            continue
        for line in file.read_text().splitlines():
            match = re.match(r'#include [<"]timeloom/([^">]+)[">]', line)
            if match and room_of(match[1]) != room and match[1] not in SEES[room] and room_of(match[1]) not in SEES[room]:
                wrong.append(f"{name} includes {match[1]}, which {room} must not see")

# Only code generation sees Halide's compiler.
for room in SEES:
    for file in sorted((source / room).rglob("*.[ch]pp")):
        if room not in ("codegen", "generators") and re.search(r"#include <Halide\.h>", file.read_text()):
            wrong.append(f"{file.relative_to(source)} includes Halide.h")

print("\n".join(wrong) or "all arrows go one way")
sys.exit(bool(wrong))
