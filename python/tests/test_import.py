"""What importing the package costs and what it needs."""

import re
import subprocess
import sys
from pathlib import Path


def in_a_new_process(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_import_takes_less_than_50_ms():
    # Processor time, because other programs run beside the tests.
    code = "import time; t = time.process_time(); import timeloom; print(time.process_time() - t)"
    assert float(in_a_new_process(code)) < 0.05


def test_nothing_but_numpy_is_imported():
    code = (
        "import sys, timeloom; timeloom.AutoARIMA, timeloom.forecast, timeloom.load, timeloom.ARIMAResults;"
        "print(sorted({'pandas', 'polars', 'pyarrow', 'scipy', 'statsforecast', 'sktime', 'halide'} & set(sys.modules)))"
    )
    assert in_a_new_process(code) == "[]"


def test_every_name_has_a_docstring():
    import timeloom

    for name in timeloom.__all__:
        value = getattr(timeloom, name)
        assert name == "__version__" or name == "Error" or value.__doc__, name
    assert issubclass(timeloom.Error, ValueError)


def test_the_wheel_has_the_headers_that_declarations_include():
    root = Path(__file__).parents[2]
    installed = set(re.findall(r"timeloom_\w+", re.search(r"if\(SKBUILD\)(.*)endif", (root / "python/CMakeLists.txt").read_text(), re.S)[1]))
    in_wheel = set()
    for file in [*root.glob("[cdgr]*/CMakeLists.txt"), *root.glob("[cdgr]*/*/CMakeLists.txt")]:
        for library, headers in re.findall(r"timeloom_add_headers\((\w+)(.*?)\)", file.read_text(), re.S):
            in_wheel |= {file.parent / header for header in headers.split()} if library in installed else set()
    seen, ahead = set(), [root / "generators/emit_model.hpp", root / "dsl/dsl.hpp", root / "dsl/arima/arima.hpp", root / "runtime/plan/model.hpp"]
    while ahead:
        header = ahead.pop()
        assert header in in_wheel, f"{header} is included, but not in the wheel"
        seen.add(header)
        for name in re.findall(r'#include [<"](.*?)[>"]', header.read_text()):
            beside, ours = header.parent / name, root / name.removeprefix("timeloom/")
            found = beside if beside.is_file() else ours if name.startswith("timeloom/") else None
            ahead += [found] if found and found not in seen else []
    assert len(seen) > 50
