"""The guide: every topic is shown, the glossary is searched, and the address keeps both."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def guide(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.syspath_prepend(str(REPOSITORY))
    at = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=30)
    at.switch_page("pages/guide_view.py")
    return at


def words(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return "\n".join(text.value for text in at.markdown)


def test_every_topic_can_be_opened(guide: AppTest) -> None:
    guide.run()
    topics = guide.button_group[0].options
    assert len(topics) == 8
    seen = set()
    for topic in topics:
        guide.button_group[0].set_value(getattr(topic, "content", topic)).run()
        seen.add(words(guide))
    assert len(seen) == 8


def test_a_link_opens_its_topic_and_an_unknown_one_the_first(guide: AppTest) -> None:
    guide.query_params["topic"] = "Your own data"
    assert "A `.csv` file" in words(guide.run())
    guide.query_params["topic"] = "Nothing"
    assert "finished run" in words(guide.run())


def test_the_glossary_is_searched_in_words_and_meanings(guide: AppTest) -> None:
    guide.query_params["term"] = "lattice"
    table = guide.run().table[0].value
    assert list(table["term"]) == ["**lattice**", "**lattice basis**"]
    guide.query_params["term"] = "no such word"
    assert not words(guide.run()).count("**lattice**")
    assert "No word of the glossary" in guide.info[0].value
