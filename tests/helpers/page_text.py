"""What a page says, as AppTest holds it."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest


def words(at: AppTest) -> str:
    """Return everything that a page says in text elements."""
    kinds = (at.title, at.subheader, at.markdown, at.caption, at.error, at.warning, at.info, at.success, at.latex)
    return "\n".join(element.value for kind in kinds for element in kind)


def labels(at: AppTest) -> list[str]:
    """Return what stands on the buttons."""
    return [button.label for button in at.button]


def html_of(at: AppTest) -> str:
    """Return what the clickable parts show."""
    return "\n".join(
        json.loads(element.proto.json).get("html", "") for element in at.get("bidi_component") if element.proto.json
    )


def no_failure(at: AppTest) -> None:
    """Assert that nothing happened that the page did not expect; it may well show an error that it did."""
    assert not at.exception
    assert "did not expect" not in words(at)


def no_error(at: AppTest) -> None:
    """Assert that the page shows no error at all."""
    no_failure(at)
    assert [error.value for error in at.error] == []
