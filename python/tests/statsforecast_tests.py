"""Runs statsforecast's own tests that concern ARIMA and AutoARIMA with ours in their place.

    python statsforecast_tests.py CHECKOUT

CHECKOUT is a folder with statsforecast's sources, of the version that is installed. Its tests import the models from
statsforecast.models, where ours stand by then. Those that fail must be those that are named below.
"""

import importlib.metadata
import inspect
import re
import sys
from pathlib import Path

import pytest

files = ["core", "distributions", "models", "simulation", "simulation_distributions"]

# Why a test cannot pass with ours.
others = ("laplace", "t", "skew-normal", "ged")
known = {f"test_distributions.py::test_cross_method_distribution_keys[AutoARIMA-{d}]": f"distribution='{d}' is refused" for d in others}
known["test_models.py::TestARIMAFamily::test_arima_fixed_params"] = "some coefficients fixed, at a unit root, is refused"


class Ours:
    """A plugin of pytest: leaves the tests in which one of the two models occurs, and remembers how they ended."""

    def __init__(self):
        self.outcomes = {}

    def pytest_collection_modifyitems(self, config, items):
        chosen = [item for item in items if concerns_arima(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.split("tests/")[-1]
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[name] = report.outcome


def concerns_arima(item):
    """Whether a parameter of the test, or what it and its fixtures do, names one of the models."""
    if hasattr(item, "callspec") and "ARIMA" in repr(item.callspec.params):
        return True
    fixtures = [f.func for name in item.fixturenames for f in item._fixtureinfo.name2fixturedefs.get(name, [])]
    sources = [inspect.getsource(f) for f in [item.function, *fixtures] if f.__module__.startswith("test_")]
    bodies = [source[re.search(r"^ *def ", source, flags=re.M).start() :] for source in sources]  # without decorators
    return any(re.search(r"\b(Auto)?ARIMA\b", body) for body in bodies)


def main(checkout):
    import statsforecast.models

    import timeloom

    installed = importlib.metadata.version("statsforecast")
    sources = re.search(r'^version = "(.*)"', (checkout / "pyproject.toml").read_text(), flags=re.M)[1]
    if installed != sources:
        sys.exit(f"{checkout} is of statsforecast {sources}, but {installed} is installed")
    statsforecast.models.ARIMA, statsforecast.models.AutoARIMA = timeloom.ARIMA, timeloom.AutoARIMA

    ours = Ours()
    paths = [str(checkout / "tests" / f"test_{name}.py") for name in files]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:warnings", "--rootdir", str(checkout), "--tb=line", "-o", "addopts="]
    pytest.main([*options, *paths], plugins=[ours])

    failed = {name for name, outcome in ours.outcomes.items() if outcome == "failed"}
    skipped = [name for name, outcome in ours.outcomes.items() if outcome == "skipped"]
    passed = len(ours.outcomes) - len(failed) - len(skipped)
    print(f"statsforecast {installed}: {passed} of {len(ours.outcomes)} tests pass, {len(skipped)} are skipped")
    for name in sorted(failed):
        print(f"  {name}: {known.get(name, 'NOT EXPECTED')}")
    for name in sorted(set(known) & set(ours.outcomes) - failed):
        print(f"  {name}: passes, although it should not")
    return not ours.outcomes or failed != set(known) & set(ours.outcomes)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
