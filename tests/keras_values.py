"""Makes the values from Keras that the tests compare with: tests/golden/keras_*.json.

Run it by hand when a value is added, and commit what it writes. It needs Python 3.11 and exactly
tensorflow-cpu 2.21.0, keras 3.15.1, numpy 2.4.6:

    python3.11 -m venv /tmp/keras-venv
    /tmp/keras-venv/bin/pip install tensorflow-cpu==2.21.0 keras==3.15.1 numpy==2.4.6
    /tmp/keras-venv/bin/python tests/keras_values.py [name...]     # e.g. layers losses; all without names

Everything is computed in float64. Inputs are multiples of 1/512, so float32 holds them exactly. Arrays are
written as {"shape", "values"}, values in row-major order with shortest round-trip digits. Two runs on one
machine write the same bytes; another CPU may change last digits.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import tensorflow as tf

from keras_cases import callbacks, connections, counts, functional, initializers, layers, losses, metrics
from keras_cases import optimizers, parameter_rules, recurrent_options, text, timeseries, training

VERSIONS = {"tensorflow-cpu": "2.21.0", "keras": "3.15.1", "numpy": "2.4.6"}
FOLDER = pathlib.Path(__file__).resolve().parent / "golden"

MAKERS = {
    "text": text.values,
    "layers": layers.values,
    "recurrent_options": recurrent_options.values,
    "functional": functional.values,
    "connections": connections.values,
    "losses": losses.values,
    "metrics": metrics.values,
    "optimizers": optimizers.values,
    "training": training.values,
    "parameter_rules": parameter_rules.values,
    "callbacks": callbacks.values,
    "timeseries": timeseries.values,
    "counts": counts.values,
    "initializers": initializers.values,
}


def render(value, indent=0):
    """JSON with one member a line, and lists of plain values on one line: small files, readable diffs."""
    pad = " " * (indent + 1)
    if isinstance(value, dict) and value:
        members = (f"{pad}{json.dumps(key)}: {render(member, indent + 1)}" for key, member in value.items())
        return "{\n" + ",\n".join(members) + "\n" + " " * indent + "}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return (
            "[\n" + ",\n".join(pad + render(item, indent + 1) for item in value) + "\n" + " " * indent + "]"
        )
    return json.dumps(value, allow_nan=False)


def main(names):
    found = {"tensorflow-cpu": tf.__version__, "keras": keras.__version__, "numpy": np.__version__}
    if found != VERSIONS:
        sys.exit(f"keras_values.py needs {VERSIONS}, but this is {found}")
    unknown = set(names) - set(MAKERS)
    if unknown:
        sys.exit(f"unknown: {' '.join(sorted(unknown))}; known: {' '.join(MAKERS)}")
    keras.config.set_floatx("float64")
    FOLDER.mkdir(exist_ok=True)
    for name in names or MAKERS:
        document = {"made_by": "tests/keras_values.py", "versions": found} | MAKERS[name]()
        path = FOLDER / f"keras_{name}.json"
        path.write_text(render(document) + "\n", encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
