"""What importing the package costs and what it needs."""

import subprocess
import sys


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
