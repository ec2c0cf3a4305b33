"""Pages with more runs than a page lists: search, filters, pages, and choices that offer some of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from many_runs import many_runs
from page_text import html_of, no_error, words
from streamlit.testing.v1 import AppTest

from mips_core.runs import RunStore
from pages.parts.run_choice import LISTED
from pages.parts.run_list import PAGE
from pages.parts.words.runs import NOT_LISTED

Open = Callable[..., AppTest]
COUNT = 75


@pytest.fixture
def ids(own_home: Path) -> list[str]:
    return many_runs(own_home / "runs", COUNT)


def listed(at: AppTest) -> list[str]:
    """Return the ids in the table of runs, by the values of its buttons."""
    return [part.split('"')[0] for part in table_of(at).split('data-value="')[1:]]


def table_of(at: AppTest) -> str:
    [table] = [each for each in html_of(at).split("<table") if 'aria-label="Your runs"' in each]
    return table.split("</table>")[0]


def test_a_page_of_the_list_and_the_next_one(open_page: Open, ids: list[str]) -> None:
    at = open_page("runs_view")
    no_error(at)
    assert listed(at) == ids[::-1][:PAGE]
    assert f"1 to {PAGE} of {COUNT} runs" in words(at)
    at = open_page("runs_view", runs_page="3")
    no_error(at)
    assert listed(at) == ids[::-1][2 * PAGE :]
    assert at.query_params["runs_page"] == ["3"] or at.query_params["runs_page"] == "3"
    at = open_page("runs_view", runs_page="99")  # a link from when there were more
    assert listed(at) == ids[::-1][:PAGE]


def test_the_search_and_the_filters_narrow_the_list(open_page: Open, ids: list[str]) -> None:
    at = open_page("runs_view", runs_page="2")
    at.text_input(key="runs_text").set_value("no.00042").run()
    no_error(at)
    assert listed(at) == [ids[42]]
    at.text_input(key="runs_text").set_value("").run()
    at.selectbox(key="runs_task").set_value("Sum_All").run()
    no_error(at)
    assert listed(at) == ids[1::3][::-1]
    at.selectbox(key="runs_order").set_value("oldest").run()
    assert listed(at) == ids[1::3]
    at.text_input(key="runs_text").set_value("nothing like it").run()
    assert not at.exception
    assert "No run matches." in words(at)


def test_a_run_that_no_list_offers_is_opened_by_its_address(open_page: Open, ids: list[str]) -> None:
    at = open_page("program_view", run=ids[0])
    no_error(at)
    assert at.selectbox(key="task").value == ids[0]
    own = [label for label in at.selectbox(key="task").options if "(yours" in label]
    assert len(own) == LISTED + 1
    at = open_page("runs_view", own_run=ids[0], a=ids[1], b="Parity_All")
    no_error(at)
    assert ids[0] not in listed(at)
    assert next(field.value for field in at.text_input if field.label == "Name") == "Parity_All no.00000"
    assert at.selectbox(key="a").value == ids[1]


def test_a_search_makes_the_choice_offer_what_matches(open_page: Open, ids: list[str]) -> None:
    at = open_page("program_view")
    before = at.selectbox(key="task").value
    at.text_input(key="search_own").set_value("no.0003").run()
    no_error(at)
    assert at.selectbox(key="task").value == before
    own = [label for label in at.selectbox(key="task").options if "(yours" in label]
    assert len(own) == 10
    at.selectbox(key="task").set_value(ids[30]).run()
    no_error(at)
    assert at.query_params["run"] in (ids[30], [ids[30]])


def test_the_gallery_shows_the_latest_and_finds_the_others(open_page: Open, ids: list[str]) -> None:
    at = open_page()
    no_error(at)
    assert f"of {COUNT}." in words(at)
    assert f'data-value="{ids[-1]}"' in html_of(at)
    assert f'data-value="{ids[0]}"' not in html_of(at)
    at.text_input(key="search").set_value("no.00000").run()
    no_error(at)
    assert f'data-value="{ids[0]}"' in html_of(at)


def test_reports_are_not_read_again_at_each_run_of_a_page(
    open_page: Open, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import pages.parts.data as data

    at = open_page("program_view", run=ids[5])
    opened: list[Path] = []
    monkeypatch.setattr(data, "open_whole", opened.append)
    monkeypatch.setattr(RunStore, "runs", lambda *_: opened.append(Path()))
    at.run()
    no_error(at)
    assert opened == []


def named(at: AppTest) -> list[str]:
    """Return the name in the panel of the chosen run, if there is one."""
    return [field.value for field in at.text_input if field.label == "Name"]


def test_filters_in_the_address_are_bare_values_and_links_with_them_hold(open_page: Open, ids: list[str]) -> None:
    at = open_page("runs_view", runs_task="Sum_All")
    no_error(at)
    assert at.selectbox(key="runs_task").value == "Sum_All"
    assert listed(at) == ids[1::3][::-1]
    for name in ("task", "result", "method"):
        value = at.selectbox(key=f"runs_{name}").options[0]
        assert "(" not in value
        assert open_page("runs_view", **{f"runs_{name}": value}).selectbox(key=f"runs_{name}").value == value
    assert "25" in at.selectbox(key="runs_task").help


def test_the_chosen_run_stays_whatever_rows_are_listed(open_page: Open, ids: list[str]) -> None:
    at = open_page("runs_view")
    latest = named(at)
    assert latest == ["Div_3 no.00074"]
    assert NOT_LISTED not in words(at)
    for text in ("no.00042", "nothing like it"):
        at.text_input(key="runs_text").set_value(text).run()
        no_error(at)
        assert named(at) == latest
        assert NOT_LISTED in words(at)
    at.text_input(key="runs_text").set_value("no.00042").run()
    next(button for button in at.button if button.label == "Pin").click().run()
    assert [row.id for row in RunStore().query(pinned=True).rows] == [ids[74]]
    at.session_state["own_run"] = ids[42]  # as the table does
    at.run()
    assert named(at) == ["Parity_All no.00042"]
    assert NOT_LISTED not in words(at)


def test_turning_a_page_keeps_the_chosen_run(open_page: Open, ids: list[str]) -> None:
    at = open_page("runs_view", own_run=ids[0], runs_page="2")
    no_error(at)
    assert ids[0] not in listed(at)
    assert named(at) == ["Parity_All no.00000"]
    assert NOT_LISTED in words(at)
    assert open_page("runs_view", own_run=ids[0], runs_page="3").query_params["own_run"] in (ids[0], [ids[0]])


@pytest.mark.parametrize("text", ["a b " * 1500, " ".join(f"w{number}" for number in range(101))])
def test_a_search_that_is_too_long_is_a_sentence_and_the_field_stays_usable(
    open_page: Open, ids: list[str], text: str
) -> None:
    at = open_page("runs_view", runs_page="3")
    at.text_input(key="runs_text").set_value(text).run()
    no_error(at)
    assert listed(at) == ids[::-1][2 * PAGE :]
    at.selectbox(key="runs_order").set_value("name").run()
    at.text_input(key="runs_text").set_value("no.0004").run()
    at.text_input(key="runs_text").set_value(text).run()
    no_error(at)
    assert at.selectbox(key="runs_order").value == "name"
    at.selectbox(key="runs_order").set_value("newest").run()
    at.text_input(key="runs_text").set_value(text).run()
    assert [warning.value.split(" takes at most")[0] for warning in at.warning] == ["A search"]
    assert at.text_input(key="runs_text").value == "no.0004"
    assert at.query_params.get("runs_text") in ("no.0004", ["no.0004"])
    assert listed(at) == ids[49:39:-1]
    at.text_input(key="runs_text").set_value("no.00042").run()
    no_error(at)
    assert not at.warning
    assert listed(at) == [ids[42]]


def test_a_link_with_a_search_that_is_too_long_shows_all_runs_and_a_sentence(open_page: Open, ids: list[str]) -> None:
    at = open_page("runs_view", runs_text="a b " * 1500)
    no_error(at)
    assert "at most 4,000 characters" in at.warning[0].value
    assert listed(at) == ids[::-1][:PAGE]
    assert "runs_text" not in at.query_params


def test_a_search_that_is_too_long_is_a_sentence_where_a_run_is_chosen(open_page: Open, ids: list[str]) -> None:
    at = open_page("program_view")
    at.text_input(key="search_own").set_value("a b " * 1500).run()
    no_error(at)
    assert "at most 4,000 characters" in at.warning[0].value
