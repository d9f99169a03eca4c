"""Builds the kernels of a declared model into a shared object, once for each declaration, in a cache folder.

A model's declaration is compiled into a program that generates its kernels, which is run, and what it wrote is linked.
That needs a C++ compiler, Boost's headers and Halide (``pip install halide==21.0.0``).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

_generator = """#include "{header}"

#include <timeloom/generators/emit_model.hpp>

int main(int argc, char** argv) {{
    return timeloom::generators::emit_main(argc, argv, timeloom::declaration::describe(::{qualified}), "{model}");
}}
"""

# What the shared object hands out: its plan. The part of Halide that kernels call is linked into it.
_entry = """#include "{model}.timeloom.hpp"

#define HANDED_OUT extern "C" __attribute__((visibility("default")))

using Handler = void (*)(void*, const char*);
extern "C" Handler halide_set_error_handler(Handler);

HANDED_OUT const timeloom::plan::Model* timeloom_plan() {{ return &{model}_plan; }}
HANDED_OUT void timeloom_on_error(Handler handler) {{ halide_set_error_handler(handler); }}
"""


def library_of(header: str | os.PathLike[str], model: str, namespace: str = "", batch: int | None = None) -> Path:
    """The shared object with the kernels of ``model``, which ``header`` declares; built where it is not there yet.

    Raises ValueError for a header that is not there or does not compile, and RuntimeError where the compiler, Boost or
    Halide is missing.
    """
    path = Path(header).resolve()
    if not path.is_file():
        raise ValueError(f"there is no file {path}, which should declare the model '{model}'")
    kit = _Kit()
    with tempfile.TemporaryDirectory(prefix="timeloom-") as folder:
        work = Path(folder)
        source = work / "generator.cpp"
        qualified = f"{namespace}::{model}" if namespace else model
        source.write_text(_generator.format(header=path, qualified=qualified, model=model))
        key = kit.key_of(source, model, batch)
        target = cache_folder() / f"{model}-{key}.so"
        if not target.exists():
            kit.build(source, work, model, batch)
            _keep(work / f"{model}.so", target)
    return target


def cache_folder() -> Path:
    """Where built kernels are kept: TIMELOOM_CACHE, else timeloom in XDG_CACHE_HOME or ~/.cache."""
    own = os.environ.get("TIMELOOM_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "timeloom"


def _keep(built: Path, target: Path) -> None:
    """Puts the file in its place in one piece, so that nobody loads half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copy(built, partial)
    os.replace(partial, target)


class _Kit:
    """The compiler, and the headers and libraries that sdk.json beside this file names."""

    def __init__(self) -> None:
        self.compiler = _compiler()
        here = Path(__file__).parent
        found = next((p for p in (here / "sdk.json", here.resolve() / "sdk.json") if p.is_file()), None)
        if found is None:
            raise RuntimeError("this installation of timeloom has no sdk.json, so that it cannot build models; install it anew")
        kit = json.loads(found.read_text())
        self.include = [str((here / p)) for p in kit["include"]]
        self.generator_libraries = [str(here / p) for p in kit["generator_libraries"]]
        self.halide_runtime = str(here / kit["halide_runtime"])
        self.halide = _halide(kit["halide"])

    def _flags(self) -> list[str]:
        folders = [*self.include, str(self.halide / "include")]
        return ["-std=c++20", "-w", *[flag for folder in folders for flag in ("-isystem", folder)]]

    def key_of(self, source: Path, model: str, batch: int | None) -> str:
        """Of all that the kernels depend on: the declaration with what it includes, timeloom's headers among it."""
        text = _run([*self.compiler, *self._flags(), "-E", "-P", str(source)], f"the declaration of '{model}'")
        digest = hashlib.sha256(text.encode())
        digest.update(f"{batch} {_stamp(self.generator_libraries)}".encode())
        return digest.hexdigest()[:32]

    def build(self, source: Path, work: Path, model: str, batch: int | None) -> None:
        program = work / "generator"
        libraries = [*self.generator_libraries, f"-L{self.halide / 'lib64'}", f"-L{self.halide / 'lib'}", "-lHalide"]
        paths = [f"-Wl,-rpath,{self.halide / folder}" for folder in ("lib64", "lib")]
        command = [*self.compiler, *self._flags(), "-O1", str(source), "-o", str(program), *libraries, *paths, "-ldl", "-lpthread"]
        _run(command, f"the declaration of '{model}'")
        asked = ["--batch", str(batch)] if batch else []
        _run([str(program), "--out", str(work), *asked], f"the kernels of '{model}'")
        entry = work / "entry.cpp"
        entry.write_text(_entry.format(model=model))
        _run(
            [*self.compiler, *self._flags(), "-O1", "-fPIC", "-fvisibility=hidden", "-shared", str(entry),
             "-o", str(work / f"{model}.so"), "-Wl,-Bsymbolic", "-Wl,--gc-sections", "-s",
             str(work / f"{model}.a"), self.halide_runtime, "-ldl", "-lpthread"],
            f"the shared object of '{model}'",
        )  # fmt: skip


def _stamp(files: list[str]) -> str:
    """Tells one build of the libraries from another."""
    return " ".join(f"{Path(f).stat().st_size}.{Path(f).stat().st_mtime_ns}" for f in files)


def _compiler() -> list[str]:
    named = shlex.split(os.environ.get("CXX", ""))
    for command in (named, ["g++"], ["c++"], ["clang++"]):
        if command and shutil.which(command[0]):
            return command
        if command == named and named:
            break
    tried = f"CXX names '{named[0]}', which is not there" if named else "neither g++, c++ nor clang++ is there"
    raise RuntimeError(
        f"timeloom.load compiles a model's kernels and needs a C++20 compiler, but {tried}; install one (Debian: "
        "apt install g++ libboost1.81-dev)"
    )


def _halide(folder: str) -> Path:
    found = importlib.util.find_spec("halide")
    candidates = [Path(folder)] if folder else []
    if found and found.submodule_search_locations:
        candidates.insert(0, Path(list(found.submodule_search_locations)[0]))
    for candidate in candidates:
        if (candidate / "include" / "Halide.h").is_file():
            return candidate
    raise RuntimeError(
        "timeloom.load generates a model's kernels with Halide, which is not installed; pip install halide==21.0.0"
    )


def _run(command: list[str], what: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode == 0:
        return result.stdout
    complaint = result.stderr.strip()
    if "boost/hana" in complaint:
        raise RuntimeError("timeloom's declarations need Boost's headers (Hana); install them (Debian: apt install libboost1.81-dev)")
    lines = [line for line in complaint.splitlines() if "error" in line] or complaint.splitlines() or ["no message"]
    raise ValueError(f"{what} could not be built: {chr(10).join(lines[:5])}")
