"""Makes the values from statsmodels that the tests compare with: tests/golden/statsmodels_*.json.

Run it by hand when a value is added, and commit what it writes. It needs Python 3.11 and exactly
statsmodels 0.15.0, scipy 1.17.1, numpy 2.4.6, pandas 3.1.1, and mpmath 1.4.1 for 50 digits:

    python3.11 -m venv /tmp/statsmodels-venv
    /tmp/statsmodels-venv/bin/pip install statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1 \\
        mpmath==1.4.1
    /tmp/statsmodels-venv/bin/python tests/statsmodels_values.py [topic...]     # all without topics

A topic is a file of tests/statsmodels_cases with a function values(). The published series are those that
tests/r_values.R has put into tests/golden/r_arima.json; run that one first. Two runs on one machine write the
same bytes; another CPU may change last digits.
"""

import importlib
import json
import os
import pathlib
import sys

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy
import pandas
import scipy
import statsmodels

VERSIONS = {"statsmodels": "0.15.0", "scipy": "1.17.1", "numpy": "2.4.6", "pandas": "3.1.1"}
HERE = pathlib.Path(__file__).resolve().parent


def render(value, indent=0):
    """JSON with one member a line, and lists of plain values on one line: small files, readable diffs."""
    pad = " " * (indent + 1)
    if isinstance(value, dict) and value:
        members = (
            f"{pad}{json.dumps(key)}: {render(member, indent + 1)}" for key, member in value.items()
        )
        return "{\n" + ",\n".join(members) + "\n" + " " * indent + "}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return (
            "[\n"
            + ",\n".join(pad + render(item, indent + 1) for item in value)
            + "\n"
            + " " * indent
            + "]"
        )
    return json.dumps(value, allow_nan=False)


def main(names):
    packages = (statsmodels, scipy, numpy, pandas)
    found = {package.__name__: package.__version__ for package in packages}
    if found != VERSIONS:
        sys.exit(f"statsmodels_values.py needs {VERSIONS}, but this is {found}")
    topics = sorted(path.stem for path in (HERE / "statsmodels_cases").glob("*.py"))
    topics = [
        topic
        for topic in topics
        if hasattr(importlib.import_module(f"statsmodels_cases.{topic}"), "values")
    ]
    unknown = set(names) - set(topics)
    if unknown:
        sys.exit(f"unknown: {' '.join(sorted(unknown))}; known: {' '.join(topics)}")
    for topic in names or topics:
        module = importlib.import_module(f"statsmodels_cases.{topic}")
        document = {"made_by": "tests/statsmodels_values.py", "versions": found} | module.values()
        path = HERE / "golden" / f"statsmodels_{topic}.json"
        path.write_text(render(document) + "\n", encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
