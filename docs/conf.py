# How Sphinx makes a site of the pages: ./dev docs.
import re
from pathlib import Path

root = Path(__file__).resolve().parents[1]

project = "Timeloom"
author = "The Timeloom authors"
copyright = "2026 The Timeloom authors"
release = re.search(r"project\(timeloom VERSION ([\d.]+)", (root / "CMakeLists.txt").read_text())[1]

extensions = ["myst_parser"]
exclude_patterns = ["tools", "CMakeLists.txt", "requirements.txt"]
myst_heading_anchors = 3
smartquotes = False # messages are shown letter by letter

html_theme = "furo"
html_title = f"Timeloom {release}"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
html_static_path = ["site"]
html_css_files = ["wide.css"]


# Files beside docs/ that pages link to, and the site's pages of them.
PAGES = {"../README.md": "index.md", "LICENSE": "licence.md", "NOTICES.md": "notices.md", "CHANGELOG.md": "changelog.md"}


def as_the_site_shows_it(text):
    """Takes away what is for the checks (see tools/pages.py): hidden blocks, and what stands behind a block's language."""
    text = re.sub(r"^( *```)(\w+) .+$", r"\1\2", text, flags=re.M)
    text = re.sub(r"<!-- cpp ?\w*\n.*?-->\n*", "", text, flags=re.S)
    for path, page in PAGES.items():
        text = re.sub(rf"\]\({re.escape(path)}(?=[)#])", f"]({page}", text)
    return text


def read_page(app, docname, source):
    source[0] = as_the_site_shows_it(source[0])
    if docname == "compile_errors": # more headings than a list beside the page can hold
        source[0] = "---\ntocdepth: 2\n---\n" + source[0]


def read_included(app, path, docname, source):
    source[0] = as_the_site_shows_it(source[0])


def setup(app):
    app.connect("source-read", read_page)
    app.connect("include-read", read_included)
