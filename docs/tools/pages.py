"""The documentation's pages as lists of blocks: what stands between ``` and ```, and how it is to be checked.

A block's first line says its language and, behind it, what it is:

    ```cpp             statements of the page's function; all of a page share one scope
    ```cpp alone       the same in a scope of its own
    ```cpp models      declarations that kernels are generated from: the page's header
    ```cpp declare     other declarations, before the page's function
    ```cpp source      is quoted: some source file of the repository contains it
    ```cpp file=P/F    the whole file F of the project P, which is built from the installed package
    ```cmake           source or file=P/F, likewise
    ```c, ```js, ```python    source, likewise
    ```python          statements that python/tests/test_documentation.py runs, all of a page one after the other
    ```python peers    the same where the libraries that it imports are installed
    ```sh              commands that are run in the repository, or with project=P in the project
    ```text            what the block before it prints
    ```text error      a sentence of the catalogue of compile errors

A comment `<!-- cpp ... -->` is a block that is compiled and not shown.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KINDS = {
    "cpp": {"", "alone", "models", "declare", "source", "file"},
    "c": {"source"},
    "js": {"source"},
    "cmake": {"source", "file"},
    "python": {"", "peers", "source"},
    "sh": {"", "project"},
    "text": {"", "error"},
}


@dataclass
class Block:
    page: Path
    line: int  # of its first line of text, from 1
    language: str
    kind: str
    argument: str  # of file= and project=
    text: str
    hidden: bool = False

    @property
    def place(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def page_files():
    """README.md and docs/*.md, but for the page that is written from tests, which checks its code."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [page for page in pages if page.name != "compile_errors.md"]


def blocks_of(page):
    result = []
    block, indent = None, 0
    for number, line in enumerate(page.read_text().split("\n"), start=1):
        if block is None:
            fence = re.match(r"( *)```(\S.*)?$", line)
            hidden = re.match(r"<!-- cpp ?(\w*)$", line)
            if fence and (fence[2] or "").startswith("{"):
                block = Block(page, number + 1, "directive", "", "", "")
                indent = len(fence[1])
            elif fence:
                words = (fence[2] or "").split()
                language = words[0] if words else ""
                kind, _, argument = (words[1] if len(words) > 1 else "").partition("=")
                block = Block(page, number + 1, language, kind, argument, "")
                indent = len(fence[1])
            elif hidden:
                block = Block(page, number + 1, "cpp", hidden[1], "", "", hidden=True)
                indent = 0
        elif line.strip() == ("-->" if block.hidden else "```"):
            if block.language != "directive":
                require_known(block)
                result.append(block)
            block = None
        else:
            block.text += line[indent:] + "\n"
    if block is not None:
        raise SystemExit(f"{block.place}: the block does not end")
    return result


def require_known(block):
    kinds = KINDS.get(block.language)
    if kinds is None:
        raise SystemExit(f"{block.place}: a block of '{block.language}', which nothing checks; see pages.py")
    if block.kind not in kinds:
        raise SystemExit(f"{block.place}: '{block.kind}' is no kind of {block.language}; see pages.py")


def with_outputs(blocks):
    """Pairs of each block and the ```text behind it, or None."""
    followers = blocks[1:] + [None]
    for block, follower in zip(blocks, followers):
        shown = follower is not None and follower.language == "text" and not follower.kind
        yield block, follower if shown else None


def differs(shown, printed):
    """What is wrong with a printed text, or None. Numbers with a decimal point may differ by one in their last digit, as
    they do from processor to processor; a line of … stands for any lines."""
    pattern = [line.rstrip() for line in shown.rstrip("\n").split("\n")]
    lines = [line.rstrip() for line in printed.rstrip("\n").split("\n")]
    return None if fits(pattern, lines) else f"shows\n{shown}but this is printed:\n{printed}"


def fits(pattern, lines):
    if not pattern:
        return not lines
    if pattern[0].strip() == "…":
        return any(fits(pattern[1:], lines[skipped:]) for skipped in range(len(lines) + 1))
    return bool(lines) and same_line(pattern[0], lines[0]) and fits(pattern[1:], lines[1:])


NUMBER = re.compile(r"(\d+\.\d+)")


def same_line(shown, printed):
    a, b = NUMBER.split(shown), NUMBER.split(printed)
    return len(a) == len(b) and all(
        same_number(x, y) if i % 2 else x == y for i, (x, y) in enumerate(zip(a, b)))


def same_number(a, b):
    digits = len(a.split(".")[1])
    return digits == len(b.split(".")[1]) and abs(int(a.replace(".", "")) - int(b.replace(".", ""))) <= 1
