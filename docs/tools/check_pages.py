"""Checks that links of the pages lead to files and headings that are there, that files which they name exist, that the README
fits on a page, and that the changelog begins with the project's version."""

import re
import sys

from pages import ROOT

README_LINES = 150


def without_code(text):
    text = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(page):
    """GitHub's anchors of a page's headings."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.S | re.M)
    found = set()
    for heading in re.findall(r"^#+ (.*)$", text, flags=re.M):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", heading).replace(" ", "-"))
    return found


def dead_links(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: there is no {target}"
        elif anchor and anchor not in anchors(file):
            yield f"{page.relative_to(ROOT)}: {path or page.name} has no heading '{anchor}'"


def missing_files(page):
    """Paths in code letters, as `runtime/` and `tests/test_keras_*.cpp`."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.S | re.M)
    for path in re.findall(r"`<?(?:timeloom/)?((?:codegen|docs|dsl|examples|generators|runtime|tests)/[\w./*-]*)>?`", text):
        if not list(ROOT.glob(path.rstrip("/"))):
            yield f"{page.relative_to(ROOT)}: there is no {path}"


def other_faults():
    lines = (ROOT / "README.md").read_text().count("\n")
    if lines > README_LINES:
        yield f"README.md has {lines} lines, but at most {README_LINES} are wanted: move something to docs/"
    project = re.search(r"project\(timeloom VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    newest = re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.M)[1]
    if newest != project:
        yield f"CHANGELOG.md begins with {newest}, but CMakeLists.txt has version {project}"


pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "NOTICES.md", *sorted((ROOT / "docs").glob("*.md"))]
faults = [fault for page in pages for fault in [*dead_links(page), *missing_files(page)]] + list(other_faults())
print("\n".join(faults) or f"the links of {len(pages)} pages lead somewhere")
sys.exit(bool(faults))
