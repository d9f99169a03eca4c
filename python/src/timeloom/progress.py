"""Shows how a training goes on: one line in a terminal, a bar in a notebook."""

from __future__ import annotations

import sys
from typing import Any, Callable

Report = Callable[[Any], None]


def bar_of(verbose: bool | str | Callable[..., None]) -> Report | None:
    """What fit() calls with (is the end of an epoch, epoch, epochs, step, steps, loss, metrics, seconds, seconds left)."""
    if callable(verbose):
        return verbose
    if verbose is False or verbose == 0:
        return None
    if _in_notebook():
        return _NotebookBar()
    if verbose is True or verbose == 1:
        return _Line(sys.stderr)
    if verbose == "auto":
        return _Line(sys.stderr) if sys.stderr is not None and sys.stderr.isatty() else None
    raise ValueError(f"verbose is {verbose!r}, but must be 'auto', True, False or a function")


def text_of(report: Any) -> str:
    """epoch 3/10  step 12/40  loss 0.1234  mae 0.2  1.2 s, 2.8 s left"""
    is_end, epoch, epochs, step, steps, loss, metrics, seconds, left = report
    place = f"epoch {epoch}/{epochs}" + ("" if is_end else f"  step {step}/{steps}")
    values = "".join(f"  {name} {value:.4g}" for name, value in {"loss": loss, **metrics}.items())
    return f"{place}{values}  {seconds:.1f} s, {left:.1f} s left"


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


class _Line:
    """One line that is written anew with every report and stays at the end of an epoch."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.rewrites = stream.isatty()

    def __call__(self, report: Any) -> None:
        is_end = report[0]
        if self.rewrites:
            self.stream.write("\r\x1b[K" + text_of(report) + ("\n" if is_end else ""))
        elif is_end:
            self.stream.write(text_of(report) + "\n")
        self.stream.flush()


class _NotebookBar:
    """A bar of HTML's own, which is updated in place."""

    def __init__(self) -> None:
        self.handle: Any = None

    def __call__(self, report: Any) -> None:
        from IPython.display import HTML, display

        is_end, epoch, epochs, step, steps, *_ = report
        done = (epoch if is_end else epoch - 1 + step / max(steps, 1)) / max(epochs, 1)
        html = HTML(f'<progress value="{done:.4f}" max="1" style="width:30em"></progress> <code>{text_of(report)}</code>')
        if self.handle is None:
            self.handle = display(html, display_id=True)
        else:
            self.handle.update(html)
