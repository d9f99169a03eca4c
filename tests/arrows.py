"""arrows.py: which rooms of the house may include headers of which, checked against every #include line.

A room is a folder of some 25 files at most, and a header of its own a room where only that may be seen. A room sees
itself and what the table says, nothing else, and the table only names rooms that stand above.
"""

import re
import sys
from pathlib import Path

source = Path(__file__).resolve().parent.parent

# From what stands on nothing to what stands on everything.
SEES = {
    "runtime/plan": [],
    "dsl/base": ["runtime/error.hpp"],
    "dsl/cells": ["dsl/base"],
    "dsl/network": ["dsl/cells", "runtime/plan"],
    "dsl/layers": ["dsl/base", "dsl/cells", "dsl/network"],
    "dsl/models": ["dsl/cells", "dsl/layers"],
    "dsl/arima": ["dsl/base", "runtime/plan"],
    "dsl": ["dsl/base", "dsl/cells", "dsl/layers", "dsl/models"],
    "codegen": ["runtime/plan"],
    "codegen/schedule": ["codegen/kernel.hpp", "runtime/plan"],
    "codegen/algorithm": ["codegen/kernel.hpp", "codegen/schedule", "dsl/cells", "runtime/plan"],
    "codegen/passes": ["codegen/kernel.hpp"],
    "codegen/plan": [
        "codegen/kernel.hpp", "codegen/algorithm", "codegen/schedule", "dsl/arima", "dsl/cells",
        "dsl/network", "runtime/plan",
    ],
    "codegen/stream": [
        "codegen/kernel.hpp", "codegen/algorithm", "codegen/passes", "codegen/plan", "codegen/schedule", "dsl/cells",
        "dsl/network", "runtime/plan",
    ],
    "generators": [
        "codegen/kernel.hpp", "codegen/passes", "codegen/plan", "codegen/schedule", "codegen/stream", "dsl/arima",
        "dsl/network", "runtime/plan",
    ],
    "runtime/base": ["runtime/error.hpp", "runtime/float_mode.hpp"],
    "runtime/simd": ["runtime/base"],
    "runtime/tensors": ["runtime/error.hpp", "runtime/base"],
    "runtime/files": ["runtime/error.hpp", "runtime/base"],
    "runtime/linear_algebra": [],
    "runtime/weights": ["runtime/error.hpp", "runtime/base", "runtime/files", "runtime/tensors"],
    "runtime/distributed": ["runtime/error.hpp", "runtime/base", "runtime/simd"],
    "runtime/losses": ["runtime/error.hpp", "runtime/simd"],
    "runtime/optimizers": ["runtime/error.hpp", "runtime/base", "runtime/simd", "runtime/tensors"],
    "runtime/parameters": [
        "runtime/error.hpp", "runtime/base", "runtime/linear_algebra", "runtime/optimizers", "runtime/plan",
        "runtime/simd", "runtime/tensors",
    ],
    "runtime/sequences": ["runtime/error.hpp", "runtime/base", "runtime/plan", "runtime/tensors"],
    "runtime/layers": ["runtime/base", "runtime/plan", "runtime/sequences", "runtime/simd"],
    "runtime/cells": [
        "runtime/error.hpp", "runtime/base", "runtime/layers", "runtime/plan", "runtime/sequences", "runtime/simd",
        "runtime/tensors",
    ],
    "runtime/pass": [
        "runtime/error.hpp", "runtime/base", "runtime/cells", "runtime/distributed", "runtime/layers", "runtime/losses", "runtime/plan",
        "runtime/sequences", "runtime/simd", "runtime/tensors",
    ],
    "runtime/learning": [
        "runtime/error.hpp", "runtime/base", "runtime/cells", "runtime/distributed", "runtime/files", "runtime/optimizers",
        "runtime/parameters", "runtime/pass", "runtime/plan", "runtime/simd", "runtime/weights",
    ],
    "runtime/foreign": [
        "runtime/error.hpp", "runtime/parameters", "runtime/plan", "runtime/tensors", "runtime/weights",
    ],
    "runtime/model": [
        "runtime/error.hpp", "runtime/base", "runtime/distributed", "runtime/files", "runtime/foreign", "runtime/learning",
        "runtime/losses", "runtime/optimizers", "runtime/parameters", "runtime/pass", "runtime/plan",
        "runtime/sequences", "runtime/simd", "runtime/tensors", "runtime/weights",
    ],
    "runtime/mpi": ["runtime/error.hpp", "runtime/base", "runtime/distributed"],
    "runtime/embedded": ["runtime/float_mode.hpp", "runtime/plan"],
    "runtime/streams": [
        "runtime/error.hpp", "runtime/base", "runtime/embedded/denormals_as_zero.hpp", "runtime/model", "runtime/pass",
        "runtime/plan",
    ],
    "runtime/imported": ["runtime/error.hpp", "runtime/base", "runtime/model", "runtime/tensors", "runtime/weights"],
    "runtime/onnx": [
        "runtime/error.hpp", "runtime/files", "runtime/foreign", "runtime/model", "runtime/plan",
    ],
    "runtime/export": [
        "runtime/error.hpp", "runtime/embedded", "runtime/files", "runtime/model", "runtime/parameters", "runtime/plan",
        "runtime/tensors",
    ],
    "runtime/csv": ["runtime/error.hpp", "runtime/files"],
    "runtime/text": ["runtime/error.hpp", "runtime/base", "runtime/files", "runtime/tensors"],
    "runtime/plots": ["runtime/error.hpp", "runtime/base", "runtime/files"],
    "runtime/series": ["runtime/error.hpp", "runtime/base", "runtime/linear_algebra"],
    "runtime/series/decomposition": ["runtime/error.hpp", "runtime/base", "runtime/series"],
    "runtime/series/unit_roots": [
        "runtime/error.hpp", "runtime/base", "runtime/linear_algebra", "runtime/series",
        "runtime/series/decomposition",
    ],
    "runtime/arima/lanes": [
        "runtime/base", "runtime/linear_algebra", "runtime/simd", "runtime/plan",
    ],
    "runtime/arima/polynomials": ["runtime/arima/lanes"],
    "runtime/arima/data": [
        "runtime/error.hpp", "runtime/linear_algebra", "runtime/series", "runtime/series/unit_roots", "runtime/plan",
    ],
    "runtime/arima/parameters": [
        "runtime/error.hpp", "runtime/arima/data", "runtime/arima/lanes", "runtime/arima/polynomials", "runtime/plan",
    ],
    "runtime/arima/likelihood": [
        "runtime/error.hpp", "runtime/arima/data", "runtime/arima/lanes", "runtime/arima/parameters",
        "runtime/arima/polynomials", "runtime/base", "runtime/linear_algebra", "runtime/plan",
    ],
    "runtime/arima/estimation": [
        "runtime/error.hpp", "runtime/arima/data", "runtime/arima/likelihood", "runtime/arima/parameters",
        "runtime/arima/polynomials", "runtime/base", "runtime/linear_algebra", "runtime/series", "runtime/plan",
    ],
    "runtime/arima": [
        "runtime/error.hpp", "runtime/arima/data", "runtime/arima/estimation", "runtime/arima/likelihood",
        "runtime/arima/parameters", "runtime/arima/polynomials", "runtime/base", "runtime/files",
        "runtime/linear_algebra", "runtime/series", "runtime/simd", "runtime/plan",
    ],
    "generators/import/containers": ["runtime/error.hpp", "runtime/tensors"],
    "generators/import/description": ["runtime/error.hpp", "runtime/tensors"],
    "generators/import/reference": ["generators/import/description", "runtime/error.hpp", "runtime/weights"],
    "generators/import/declaration": [
        "generators/import/description", "dsl/models/layer_names.hpp", "runtime/error.hpp", "runtime/base",
    ],
    "generators/import/formats": [
        "generators/import/containers", "generators/import/description", "runtime/error.hpp", "runtime/files", "runtime/plan",
        "runtime/tensors", "runtime/weights",
    ],
    "generators/import/keras": [
        "generators/import/containers", "generators/import/description", "generators/import/formats",
        "runtime/error.hpp", "runtime/files", "runtime/tensors",
    ],
    "generators/import/onnx": [
        "generators/import/containers", "generators/import/description", "generators/import/formats",
        "runtime/error.hpp", "runtime/tensors",
    ],
    "generators/import": [
        "generators/import/keras", "generators/import/onnx",
        "generators/import/declaration", "generators/import/description", "generators/import/formats",
        "generators/import/reference", "runtime/error.hpp", "runtime/files", "runtime/weights",
    ],
    "runtime/arima/orders": [
        "runtime/error.hpp", "runtime/arima", "runtime/arima/data", "runtime/arima/estimation",
        "runtime/arima/parameters", "runtime/base", "runtime/linear_algebra", "runtime/series/unit_roots",
    ],
}


def room_of(path):
    """The longest folder of the table that the path lies in, or None."""
    rooms = [room for room in SEES if path.startswith(room + "/")]
    return max(rooms, key=len, default=None)


wrong = []
above = {"runtime/error.hpp", "runtime/float_mode.hpp"}
for room, seen in SEES.items():
    below = [other for other in seen if other not in above and room_of(other) not in above]
    wrong += [f"the table lets {room} see {other}, which does not stand above it" for other in below]
    above.add(room)

for folder in sorted({path.parent for top in ("dsl", "codegen", "generators", "runtime") for path in (source / top).rglob("*.[ch]pp")}):
    name, files = str(folder.relative_to(source)), len(list(folder.glob("*.[ch]pp")))
    if name not in SEES and name != "runtime":
        wrong.append(f"the table does not know {name}")
    if files > 25:
        wrong.append(f"{name} holds {files} files: it is a hall and no room")

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
        if room.split("/")[0] not in ("codegen", "generators") and re.search(r"#include <Halide\.h>", file.read_text()):
            wrong.append(f"{file.relative_to(source)} includes Halide.h")

print("\n".join(wrong) or "all arrows go one way")
sys.exit(bool(wrong))
