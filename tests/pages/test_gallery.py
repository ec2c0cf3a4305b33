"""The filters of the gallery, and what it offers to take away."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]


def counted(at: AppTest) -> str:
    assert not at.exception
    return next(caption.value for caption in at.caption if caption.value.endswith("runs"))


def test_pills_filter_by_result_kind_and_memory(open_page: Open) -> None:
    at = open_page()
    assert counted(at) == "9 of 9 runs"
    memory = at.button_group(key="memory")
    assert memory.options == ["up to 4 states", "over 4 states", "integers", "no machine"]
    memory.set_value(["integers"]).run()
    assert counted(at) == "1 of 9 runs"
    at.button_group(key="memory").set_value(["integers", "no machine"]).run()
    assert counted(at) == "2 of 9 runs"
    at.button_group(key="result").set_value(["no program"]).run()
    assert counted(at) == "1 of 9 runs"
    at.button_group(key="memory").set_value(["over 4 states"]).run()
    assert counted(at) == "0 of 9 runs"
    assert any("Clear the search or the filters" in info.value for info in at.info)


def test_a_run_that_cannot_be_read_has_no_memory_to_filter_by(open_page: Open) -> None:
    at = open_page()
    at.button_group(key="memory").set_value(at.button_group(key="memory").options).run()
    assert counted(at) == "8 of 9 runs"
