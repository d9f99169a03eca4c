"""A small canvas that writes SVG, with the same bytes for the same calls."""

from xml.sax.saxutils import escape

INK, GREY, RULE = "#1f2933", "#616e7c", "#cbd2d9"
FONT = "font-family=\"'DejaVu Sans', Verdana, sans-serif\""


def number(value):
    return f"{value:.1f}".removesuffix(".0")


class Canvas:
    def __init__(self, width, height, title):
        self.width, self.height, self.title = width, height, title
        self.parts = []

    def rect(self, x, y, width, height, fill="white", stroke=RULE, radius=6, dashed=False):
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" '
                          f'rx="{radius}" fill="{fill}" stroke="{stroke}"{dash}/>')

    def text(self, x, y, text, size=13, anchor="start", fill=INK, bold=False):
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(f'<text x="{number(x)}" y="{number(y)}" font-size="{size}" text-anchor="{anchor}" '
                          f'fill="{fill}"{weight}>{escape(text)}</text>')

    def lines(self, x, y, texts, size=12, anchor="middle", fill=GREY, step=15):
        for i, text in enumerate(texts):
            self.text(x, y + i * step, text, size, anchor, fill)

    def line(self, points, stroke=GREY, width=1.5, arrow=False, both=False, dashed=False):
        path = " ".join(("M" if i == 0 else "L") + f"{number(x)} {number(y)}" for i, (x, y) in enumerate(points))
        self._path(path, stroke, width, arrow, both, dashed)

    def curve(self, start, end, stroke=GREY, width=1.5, arrow=True, both=False, dashed=False):
        """Leaves downwards and arrives from above."""
        (x0, y0), (x1, y1) = start, end
        bend = (y1 - y0) * 0.45
        self._path(f"M{number(x0)} {number(y0)} C{number(x0)} {number(y0 + bend)} {number(x1)} {number(y1 - bend)} "
                   f"{number(x1)} {number(y1)}", stroke, width, arrow, both, dashed)

    def _path(self, path, stroke, width, arrow, both, dashed):
        marks = ' marker-end="url(#arrow)"' if arrow or both else ""
        marks += ' marker-start="url(#arrow)"' if both else ""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="{number(width)}"{dash}{marks}/>')

    def svg(self):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
                f'height="{self.height}" role="img" {FONT}>\n<title>{escape(self.title)}</title>\n'
                '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
                'markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
                f'<path d="M0 0 L8 4 L0 8 z" fill="{GREY}"/></marker></defs>\n'
                f'<rect width="{self.width}" height="{self.height}" fill="white"/>\n')
        return head + "\n".join(self.parts) + "\n</svg>\n"
