"""Runs the Python blocks of the documentation, those of a page one after the other, and compares what they print."""

import contextlib
import io
import re
import sys
from pathlib import Path

import pytest

root = Path(__file__).parents[2]
sys.path.insert(0, str(root / "docs" / "tools"))
from pages import blocks_of, differs, page_files, with_outputs  # noqa: E402

pages = [page for page in page_files() if any(b.language == "python" for b in blocks_of(page))]


def is_there(block):
    for name in re.findall(r"^(?:import|from) ([a-z_]+)", block.text, flags=re.M):
        try:
            __import__(name)
        except ImportError:
            return False
    return True


@pytest.mark.parametrize("page", pages, ids=lambda page: page.name)
def test_blocks_print_what_the_page_shows(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names, skipped, faults = {}, False, []
    for block, output in with_outputs(blocks_of(page)):
        if block.language != "python":
            continue
        # What needs a library goes on from blocks that needed it, too.
        skipped = skipped or (block.kind == "peers" and not is_there(block))
        if block.kind == "peers" and skipped:
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.text, block.place, "exec"), names)
        if output:
            faults.append((block.place, differs(output.text, printed.getvalue())))
    assert not [fault for fault in faults if fault[1]], "\n".join(f"{p}: {f}" for p, f in faults if f)
