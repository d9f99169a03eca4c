"""write_program.py FOLDER: writes the program that runs the pages' C++ blocks, and the projects that they tell of.

For each page with C++: <page>.models.hpp with what kernels are generated from, and <page>.cpp with a function that runs its
blocks, printing a line that begins with form feed before each. main.cpp calls all of them. models.txt tells CMake which
kernels to generate: those that blocks mention as <model>_plan or <model>_inference_plan. Files are written only where they change.
"""

import re
import sys
from pathlib import Path

from pages import blocks_of, page_files


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def without_includes(text, includes):
    """The text with its #include lines moved to `includes`; "models.hpp" is the page's own header."""
    def take(match):
        if match[0] not in includes and '"models.hpp"' not in match[0]:
            includes.append(match[0])
        return ""
    return re.sub(r"^#include .*$", take, text, flags=re.M)


class Page:
    def __init__(self, page):
        self.name = "page_" + page.stem.lower()
        self.blocks = [b for b in blocks_of(page) if b.language == "cpp" and b.kind not in ("source", "file")]
        self.generated = sorted({name for block in self.blocks if block.kind in ("", "alone", "declare")
                                 for name in re.findall(r"\b(\w+?)(?:_inference)?_plan\b", block.text)})

    def texts(self, kind):
        return [b for b in self.blocks if b.kind == kind]

    @property
    def declared(self):
        return {name for b in self.texts("models") for name in re.findall(r"constexpr auto (\w+) =", b.text)}

    def header(self):
        includes, body = [], ""
        for block in self.texts("models"):
            body += without_includes(block.text, includes)
        return "#pragma once\n\n" + "\n".join(includes) + f"\n\nnamespace docs::{self.name} {{\n{body}}}\n"

    def source(self, all_models):
        includes = [f'#include "{all_models[name]}.models.hpp"' for name in self.generated]
        includes += [f'#include "{name}.timeloom.hpp"' for name in self.generated]
        includes += [f'#include "{self.name}.models.hpp"', "#include <cstdio>"]
        declared, body = "", ""
        for block in self.blocks:
            if block.kind == "models":
                continue
            text = f'#line {block.line} "{block.page}"\n' + without_includes(block.text, includes)
            if block.kind == "declare":
                declared += text
            else:
                mark = f'std::puts("\\f{block.place}");\n'
                body += mark + (f"{{\n{text}}}\n" if block.kind == "alone" else text)
        return ("\n".join(dict.fromkeys(includes)) + f"\n\nnamespace docs::{self.name} {{\n{declared}\n"
                f"void run() {{\n{body}}}\n}} // namespace docs::{self.name}\n")


def main(folder):
    pages = [p for p in map(Page, page_files()) if p.blocks]
    all_models = {name: p.name for p in pages for name in p.declared}
    for p in pages:
        for name in p.generated:
            if name not in all_models:
                raise SystemExit(f"{p.name}: {name}_plan, but no page declares a model {name}")
        write(folder / f"{p.name}.models.hpp", p.header())
        write(folder / f"{p.name}.cpp", p.source(all_models))
    calls = "".join(f"namespace docs::{p.name} {{ void run(); }}\n" for p in pages)
    calls += '\n#include <cstdio>\n#include <exception>\n\nint main() {\n    try {\n'
    calls += "".join(f"        docs::{p.name}::run();\n" for p in pages)
    calls += '    } catch (const std::exception& e) {\n        std::printf("%s\\n", e.what());\n        return 1;\n    }\n}\n'
    write(folder / "main.cpp", calls)
    used = sorted({name for p in pages for name in p.generated})
    write(folder / "models.txt", "".join(f"{name} {all_models[name]}\n" for name in used))
    write(folder / "sources.txt", "".join(f"{p.name}.cpp\n" for p in pages) + "main.cpp\n")

    for page in page_files():
        for block in blocks_of(page):
            if block.kind == "file":
                write(folder / "projects" / block.argument, block.text)


main(Path(sys.argv[1]))
