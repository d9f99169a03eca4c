"""Checks that links of README.md, CHANGELOG.md, NOTICES.md and docs/*.md lead to files and headings that are there."""

import re
import sys

from pages import ROOT


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


def faults_of(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: there is no {target}"
        elif anchor and anchor not in anchors(file):
            yield f"{page.relative_to(ROOT)}: {path or page.name} has no heading '{anchor}'"


pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "NOTICES.md", *sorted((ROOT / "docs").glob("*.md"))]
faults = [fault for page in pages for fault in faults_of(page)]
print("\n".join(faults) or f"the links of {len(pages)} pages lead somewhere")
sys.exit(bool(faults))
