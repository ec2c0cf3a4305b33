"""How agreement, accuracy against length and failures are drawn and told."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pytest

from mips_core.tasks import Vocabulary
from mips_core.verification.causes import Cause, Finding
from mips_core.verification.failures import Failure, Search, Tried, search_from_dict, tried_sentence
from mips_core.verification.lengths import LengthPoint, Lengths
from mips_core.verification.matrix import Agreeing
from mips_core.verification.outputs import Outputs
from mips_core.views.agreement_matrix import matrix_html, matrix_sentence
from mips_core.views.failure_words import beside, example_html, failure_rows, shrunk_sentence, table_html
from mips_core.views.length_figure import length_alt, length_figure, length_rows, length_sentence


class Reader(HTMLParser):
    """Collects buttons, texts of cells, and checks that tags close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.buttons: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag == "button":
            self.buttons.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)


def agreeing(left: str, right: str, times: int, agree: int, example: list[int] | None = None) -> Agreeing:
    x = None if example is None else np.array(example)[:, None]
    return Agreeing(left, right, times, 4096, agree, 40960, 40960 - (4096 - agree), x)


def failure(cause: Cause = Cause.DRIFT, word: tuple[int, ...] = (1, 0, 1), left: str = "network") -> Failure:
    finding = Finding(cause, left, "machine", len(word) - 1, "because")
    return Failure(np.array(word, dtype=np.int64)[:, None], finding, "long")


def test_the_matrix_says_counts_signs_and_words() -> None:
    cells = [agreeing("data", "network", 1, 4096), agreeing("data", "network", 5, 4000, [1, 0, 1]),
             agreeing("network", "machine", 1, 4096)]  # fmt: skip
    html = matrix_html(cells, 10)
    read = Reader(html)
    assert "4,096 of 4,096 agree" in read.texts
    assert "4,000 of 4,096 agree" in read.texts
    assert read.texts.count("=") == 2
    assert read.texts.count("≠") == 1
    assert "not compared" in read.texts  # data and machine
    assert [b["data-value"] for b in read.buttons] == ["data network 5"]
    assert read.buttons[0]["aria-label"] == "Open the first difference between data and network, at step 3"
    assert 'aria-label="unequal"' in html


def test_the_matrix_in_one_sentence() -> None:
    same, off = agreeing("data", "network", 1, 4096), agreeing("network", "machine", 5, 1, [1])
    assert matrix_sentence([same]) == ("All pairs agree on every sequence that was compared.", True)
    assert matrix_sentence([same, off]) == ("These differ: network and machine. The other pair agrees.", False)
    assert matrix_sentence([off]) == ("These differ: network and machine.", False)


def lengths(*shares: int) -> Lengths:
    times = (1, 5, 100)
    return Lengths(
        tuple(
            LengthPoint(name, "data", t, 10 * t, 20, right if name == "network" else 20, 200 * t, 199 * t, 3)
            for name in ("network", "program")
            for t, right in zip(times, shares, strict=True)
        )
    )


def test_accuracy_against_length_is_drawn_with_names_and_shapes() -> None:
    found = lengths(20, 15, 0)
    figure = length_figure(found)
    assert {trace.name for trace in figure.data} == {"network", "program"}
    assert len({trace.marker.symbol for trace in figure.data}) == 2
    network = next(trace for trace in figure.data if trace.name == "network")
    assert list(network.y) == [100, 75, 0]
    assert list(network.x) == [1, 5, 100]
    assert list(length_figure(found, by_output=True).data[0].y) == [99.5] * 3
    assert length_alt(found) == (
        "Share of right sequences, judged by the data. network: 100 % at 1x, 0 % at 100x; program: 100 % at 1x, "
        "100 % at 100x."
    )
    assert length_sentence(found) == (
        "The network is first wrong at 5x; at 100x it is right on 0 of 20 sequences. The program is right on every "
        "sequence up to 100x."
    )
    assert length_rows(found)[2] == {
        "length": "100x", "steps": "1,000", "sequences": "20", "network right": "0 of 20",
        "network outputs": "19,900 of 20,000", "program right": "20 of 20", "program outputs": "19,900 of 20,000",
        "outgrew every integer": "3",
    }  # fmt: skip
    assert length_sentence(Lengths(())) == "There is nobody to judge."


def test_an_example_shows_its_last_steps_and_frames_the_difference() -> None:
    one = failure(word=tuple([0] * 19 + [1]))
    values = np.zeros((1, 20, 1), dtype=np.int64)
    outputs = {
        "network": Outputs(values + 1, np.ones((1, 20), dtype=np.bool_)),
        "machine": Outputs(values, np.ones((1, 20), dtype=np.bool_), faults={0: (19, "no entry")}),
        "program": Outputs(values, np.zeros((1, 20), dtype=np.bool_)),
    }
    html = example_html(one, outputs, (), ())
    Reader(html)
    assert html.count('class="off"') == 2
    assert '<td class="far">overflow</td>' in html  # a phone shows fewer steps still
    assert '<td class="off">no entry</td>' in html
    assert "20 steps, the last ones shown; network ≠ machine at step 20" in html
    assert "<td>overflow</td>" in html


def test_words_are_escaped() -> None:
    words = (Vocabulary.of(["<b>", "x&y"]),)
    one = failure(word=(0, 1))
    shown = {"network": Outputs(np.zeros((1, 2, 1), dtype=np.int64), np.ones((1, 2), dtype=np.bool_))}
    html = example_html(one, shown, words, words)
    Reader(html)
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    table = table_html([one], words)
    Reader(table)
    assert "<b>" not in table


def test_the_table_opens_what_the_player_takes() -> None:
    read = Reader(table_html([failure(), failure(word=(0,) * 500)], longest=400))
    assert [b["data-value"] for b in read.buttons] == ["0"]
    assert "too long" in read.texts
    row = failure_rows([failure()])[0]
    assert (row["cause"], row["who"], row["first difference"]) == ("precision drift", "network ≠ machine", 3)


def test_what_shrinking_did_is_said() -> None:
    long, short = failure(word=(1, 1, 0, 1)), failure(word=(1, 0))
    assert shrunk_sentence(long, short).startswith("Shrunk from 4 steps to 2 steps; the cause is still")
    assert shrunk_sentence(short, short).startswith("This example is as small as it gets")
    assert shrunk_sentence(short, failure(word=(0, 0))).startswith("Lowered symbols")


def test_two_failures_beside_each_other() -> None:
    rows = {row[""]: row for row in beside(failure(word=(1, 1, 0, 1)), failure(Cause.CLUSTERING, (1, 1, 1)))}
    assert rows["cause"]["this one"] == "clustering"
    assert rows["common beginning"]["reference"] == "2 steps"
    assert rows["common end"]["reference"] == "1 step"


@pytest.mark.parametrize("sources", [(), ("long",)])
def test_a_search_survives_the_way_through_json(sources: tuple[str, ...]) -> None:
    tried = (Tried("long", "sequences of length 50", 100, 7, 5),)
    search = Search(tuple(failure() for _ in sources), tried, ("a note",))
    again = search_from_dict(search.to_dict())
    assert again.to_dict() == search.to_dict()
    assert (again.words, again.parted) == (100, 7)
    assert tried_sentence(again) == (
        "Some two part on 7 of 100 sequences; the causes of 5 of them, the earliest, were looked into."
    )
