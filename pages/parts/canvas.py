"""Drawings of machines that can be moved, enlarged, clicked and walked through with Tab."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import streamlit as st

from mips_core.resources import asset


@dataclass(frozen=True)
class Pane:
    """One drawing.

    Parameters
    ----------
    svg : the drawing
    name : what is drawn; as long as it stays the same, a new drawing keeps the place and size that the reader chose
    label : what readers who hear the page are told
    focus : value of the state that should be in sight, or None
    title : a line above, or ""
    """

    svg: str
    name: str
    label: str
    focus: str | None = None
    title: str = ""


@lru_cache(maxsize=1)
def _component() -> Any:
    """Register the component once for the process; script and style are files, joined in order."""
    script = "\n".join(asset("machine", f"{name}.js").read_text(encoding="utf-8") for name in ("pan_zoom", "canvas"))
    style = "\n".join(asset("machine", f"{name}.css").read_text(encoding="utf-8") for name in ("pan_zoom", "canvas"))
    return st.components.v2.component(
        "mips_machine_canvas", html='<div class="machine-canvas"></div>', css=style, js=script
    )


def canvas(
    panes: Sequence[Pane], key: str, on_chosen: Callable[[str], None] | None = None, *, tallest: int = 560
) -> None:
    """Show drawings side by side; ``on_chosen`` gets the value of the state that the reader chooses.

    ``tallest`` is the most height in pixels that a drawing takes.
    """

    def tell() -> None:
        value = (st.session_state.get(key) or {}).get("chosen")
        if value is not None and on_chosen is not None:
            on_chosen(str(value))

    _component()(
        key=key, data={"panes": [asdict(pane) for pane in panes], "tallest": tallest}, on_chosen_change=tell
    )  # fmt: skip
