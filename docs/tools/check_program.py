"""check_program.py PROGRAM [--write]: runs it in an empty folder and compares what each block prints with what its page shows;
also looks for the blocks that pages quote from source files and from the catalogue of compile errors. --write puts what is
printed into the pages instead, but for texts with a line of …, which leave something out."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import compile_errors
from pages import ROOT, blocks_of, differs, page_files, with_outputs


def printed_by_place(program):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([program], cwd=folder, text=True, stdout=subprocess.PIPE)
    printed = {}
    for part in done.stdout.split("\f")[1:]:
        place, _, text = part.partition("\n")
        printed[place] = text
    if done.returncode:
        raise SystemExit(f"the program ended with {done.returncode} after {place}:\n{text}")
    return printed


def sources():
    """All text that a quoted block may come from."""
    for pattern in ("**/*.hpp", "**/*.cpp", "**/*.c", "**/*.mjs", "**/*.py", "**/*.cmake", "**/CMakeLists.txt"):
        for folder in ("dsl", "codegen", "generators", "runtime", "examples", "tests"):
            for path in (ROOT / folder).glob(pattern):
                yield path.read_text()
    for page in page_files():
        for block in blocks_of(page):
            if block.kind == "file":
                yield block.text


def write_outputs(printed):
    for page in page_files():
        lines = page.read_text().split("\n")
        for block, output in reversed(list(with_outputs(blocks_of(page)))):
            text = printed.get(block.place)
            if text and output and "…\n" not in output.text and differs(output.text, text):
                first, count = output.line - 1, output.text.count("\n")
                lines[first:first + count] = text.rstrip("\n").split("\n")
        page.write_text("\n".join(lines))


def main(program, writes):
    printed = printed_by_place(program)
    if writes:
        write_outputs(printed)
        return False
    faults = []
    quotable = list(sources())
    sentences = {case.sentence for case in compile_errors.all_cases()}
    for page in page_files():
        for block, output in with_outputs(blocks_of(page)):
            if block.language == "cpp" and block.kind in ("", "alone"):
                if block.place not in printed:
                    raise SystemExit(f"{block.place}: the program is older than the page: build 'documentation'")
                text = printed[block.place]
                fault = differs(output.text if output else "", text) if output or text else None
                if fault:
                    faults.append(f"{block.place}: {fault}")
            elif block.kind == "source":
                quoted = re.sub(r" +#.*", "", block.text) if block.language == "cmake" else block.text
                if not any(quoted in text for text in quotable):
                    faults.append(f"{block.place}: no source file contains this block")
            elif block.kind == "error" and " ".join(block.text.split()) not in sentences:
                faults.append(f"{block.place}: no test of tests/must_not_compile has this sentence")
    print("\n".join(faults) or f"{len(printed)} blocks print what the pages show")
    return bool(faults)


sys.exit(main(Path(sys.argv[1]).resolve(), "--write" in sys.argv))
