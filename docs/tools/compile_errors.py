"""Writes docs/compile_errors.md from tests/must_not_compile: compile_errors.py [--check]."""

import re
import sys
from dataclasses import dataclass

from pages import ROOT
from written import write_or_check

TOPICS = {
    "models": "Models: layers that do not fit each other",
    "layers": "Layers and their options",
    "cells": "Equations of cells",
    "arima": "ARIMA models",
}


@dataclass
class Case:
    topic: str
    what: str
    sentence: str
    wrong: str
    right: str


def read_case(path):
    lines = path.read_text().split("\n")
    comment = []
    while lines and lines[0].startswith("//"):
        comment.append(lines.pop(0)[2:].strip())
    first = next(i for i, line in enumerate(comment) if line.startswith("Error: "))
    what = " ".join(comment[:first])
    sentence = " ".join(comment[first:]).removeprefix("Error: ")
    code = "\n".join(lines)
    parts = re.fullmatch(r"(.*?)#ifdef CORRECT\n(.*?)#else\n(.*?)#endif\n(.*)", code, flags=re.S)
    if parts is None:
        raise SystemExit(f"{path}: not of the form #ifdef CORRECT … #else … #endif")
    before, right, wrong, after = parts.groups()
    before = re.sub(r"#include .*\n|using namespace .*\n", "", before).strip("\n")
    after = after.strip("\n")

    def whole(part):
        return "\n".join(text for text in (before, part.strip("\n"), after) if text)
    return Case(path.parent.name, what, sentence, whole(wrong), whole(right))


def all_cases():
    folder = ROOT / "tests" / "must_not_compile"
    return [read_case(path) for topic in TOPICS for path in sorted((folder / topic).glob("*.cpp"))]


HEAD = """\
# Compile errors

<!-- Written by docs/tools/compile_errors.py from tests/must_not_compile. -->

A declaration that cannot be meant does not compile. The compiler's first error is a sentence of Timeloom that says what is wrong,
where, and with which numbers; clang 14 prints the same sentence word by word. This page lists every sentence that is tested,
with the code that causes it and the same code put right. There are {count} of them.

Search the page for some words of the message that you have. Names and numbers in it are those of your code.
"""


def quoted(sentence):
    """The sentence as Markdown that shows it letter by letter."""
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", sentence)


def markdown():
    cases = all_cases()
    text = HEAD.format(count=len(cases))
    for topic, title in TOPICS.items():
        text += f"\n## {title}\n"
        for case in cases:
            if case.topic == topic:
                text += (f"\n### {quoted(case.what.rstrip('.'))}\n\n> {quoted(case.sentence)}\n\n"
                         f"```cpp\n// wrong\n{case.wrong}\n\n// right\n{case.right}\n```\n")
    return text


if __name__ == "__main__":
    write_or_check(ROOT / "docs" / "compile_errors.md", markdown(), sys.argv)
