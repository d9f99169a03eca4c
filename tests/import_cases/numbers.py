"""Weights and inputs that float32 holds exactly, and how a case is written down."""

import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "golden" / "import"


class Numbers:
    """Multiples of 1/64, the same ones in every run."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)

    def values(self, shape):
        return self.random.randint(-64, 65, shape).astype("float64") / 64

    def tokens(self, shape, vocabulary):
        return self.random.randint(0, vocabulary, shape)


def array(values):
    values = np.asarray(values, dtype="float64")
    return {"shape": list(values.shape), "values": [float(v) for v in values.reshape(-1)]}


def write_cases(name, cases):
    """golden/import/<name>.json: for each case its file, options, inputs and the framework's output."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case) for case in cases)
    (FOLDER / f"{name}.json").write_text("[\n" + lines + "\n]\n")
