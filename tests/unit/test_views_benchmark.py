"""The benchmark as table and figures."""

from __future__ import annotations

from html.parser import HTMLParser

from mips_core.benchmarks import BenchmarkRow, Count, Counts
from mips_core.benchmarks.certificates import RowCertificates
from mips_core.benchmarks.counterexamples import CounterexampleRow
from mips_core.tasks import get
from mips_core.views.benchmark import (
    DIFFERS,
    FORMULA,
    NO_PROGRAM,
    NOT_MEASURED,
    ORDERS,
    TABLE,
    chosen,
    outcome,
    paper_figure,
    reach_text,
    seconds_figure,
    table_html,
)
from mips_core.views.benchmark_proofs import (
    SOME_LENGTH,
    UNPROVED,
    certified_text,
    proof_word,
    trained_text,
    wrong_columns,
    wrong_figure,
    wrong_rows,
    wrong_sentence,
)

RIGHT, WRONG = Counts(Count(9, 9), Count(9, 9)), Counts(Count(9, 9), Count(4, 9))


def row(task: str, **changes: object) -> BenchmarkRow:
    facts = {
        "trained": Count(10, 10), "method": "linear", "formula": "y = x % 7 < 3", "nodes": 3, "route": "quick route",
        "program_vs_data": RIGHT, "program_vs_network": RIGHT, "holds_to": 50, "order": 1,
        "seconds": {"extract": 1.0, "verify": 0.5, "total": 1.5},
    }  # fmt: skip
    return BenchmarkRow(task, get(task).group, 10, **{**facts, **changes})  # type: ignore[arg-type]


ROWS = (
    row("Parity_All", states=2, order=None, nodes=9),
    row("Sum_All", method="table", seconds={"train": 4.0, "total": 9.0}),
    row("Div_7", program_vs_data=WRONG, program_vs_network=WRONG, holds_to=12, states=7, order=None),
    row("Dithering", method=None, formula=None, route=None, nodes=None, reason="Random <labels>.", seconds={}),
    row("Prev1", measured=False, method=None, formula=None, trained=None, reason="ValueError: no"),
)


class Cells(HTMLParser):
    """Collects tags, attributes and text, and fails on tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.values: list[str] = []
        self.text = ""
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.values += [value or "" for name, value in attrs if name == "data-value"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_each_outcome_has_its_word() -> None:
    assert [outcome(each) for each in ROWS] == [FORMULA, TABLE, DIFFERS, NO_PROGRAM, NOT_MEASURED]


def test_the_table_is_well_formed_and_rows_with_a_page_open_it() -> None:
    found = Cells(table_html(ROWS, {"Parity_All", "Div_7"}))
    assert found.values == ["Parity_All", "Div_7"]
    assert "y = x % 7 < 3" in found.text
    assert "Random <labels>." in found.text
    assert "2 states; linear, size 9, by quick route" in found.text
    assert "✗ 5x4 of 9" in found.text
    assert "not trained" in found.text


def test_filters_work_together_and_an_empty_one_lets_all_pass() -> None:
    def names(**filters: object) -> list[str]:
        return [each.task for each in chosen(ROWS, **filters)]  # type: ignore[arg-type]

    assert names() == [each.task for each in ROWS]
    assert names(text="sum ALL") == ["Parity_All", "Sum_All"]  # the kind of the first is "... modular sums"
    assert names(text="% 7") == ["Parity_All", "Sum_All", "Div_7"]
    assert names(outcomes=[FORMULA, TABLE]) == ["Parity_All", "Sum_All"]
    assert names(outcomes=[FORMULA, TABLE], paper=["likely solved"]) == ["Sum_All"]
    assert names(routes=["quick route"], groups=[get("Div_7").group]) == ["Div_7"]


def test_every_order_sorts_every_kind_of_row() -> None:
    first = {name: sorted(ROWS, key=key)[0].task for name, key in ORDERS.items()}
    assert first == {
        "the paper's order": "Parity_All", "size, smallest first": "Sum_All", "states, most first": "Div_7",
        "seconds, slowest first": "Sum_All", "name": "Dithering",
    }  # fmt: skip


def test_reach_is_never_more_than_was_found() -> None:
    assert reach_text(ROWS[2]) == "equals program to length 12"
    assert reach_text(row("Prev1", proved=True)) == "equals program for all lengths, proved"
    assert reach_text(ROWS[3]) == ""


def test_a_certificate_speaks_of_the_network_that_it_is_about_only() -> None:
    changed = RowCertificates(
        "proved for all lengths, all 2 input symbols", always=True, kind="grid", change="state grid 2^-3",
        as_trained="differs on a sequence of length 11", counterexample=11,
    )  # fmt: skip
    assert certified_text(changed) == ("for all lengths", "rounded to 1/8")
    assert trained_text(changed) == ("differs at length 11", False)
    html = table_html([row("Min_Seen", certificates=changed), row("Prev1", certificates=None)])
    assert "✓ for all lengths" in html
    assert "✗ differs at length 11" in html
    text = Cells(html).text
    assert "not known" in text


def test_a_proof_up_to_a_length_names_the_counterexample_beyond_it() -> None:
    own = RowCertificates(
        "proved up to length 38, all 2 input symbols", 38, kind="linear",
        as_trained="proved up to length 38, all 2 input symbols", proved_as_trained=True, counterexample=39,
    )  # fmt: skip
    assert certified_text(own) == ("up to length 38", "as trained")
    assert trained_text(own) == ("up to length 38; differs at length 39", True)
    assert proof_word(own) == SOME_LENGTH
    changed = RowCertificates("proved up to length 95", 95, kind="integers", change="integer weights", beyond=96)
    assert certified_text(changed) == ("up to length 95; differs at length 96", "whole-number weights")
    assert [r.task for r in chosen([row("Sum_All", certificates=own), row("Prev1")], proofs=[UNPROVED])] == ["Prev1"]


def test_networks_that_random_tests_call_perfect_are_shown_with_their_shortest_wrong_sequence() -> None:
    def network(task: str, accuracy: float, word: tuple[tuple[int, ...], ...] | None) -> CounterexampleRow:
        return CounterexampleRow(
            task, 0, "one-hot relu", 10, accuracy, None if word is None else len(word), word, 900, 3, 1.0, 1.0
        )

    rows = [
        network("Min_Seen", 1.0, ((6,), (5,), (6,))), network("Prev1", 1.0, None), network("Div_7", 0.9, ((1,),)),
        network("Dithering", 1.0, ((4,), (2,))),
    ]  # fmt: skip
    assert [r.task for r in wrong_rows(rows)] == ["Dithering", "Min_Seen"]  # one that is not perfect is no surprise
    assert "**2 of 3**" in wrong_sentence(rows)
    assert "2 steps: Dithering" in wrong_sentence(rows)
    assert wrong_columns(rows)["sequence"] == ["6 5 6", "", "1", "4 2"]
    assert list(wrong_figure(rows).data[0].x) == [2, 3]
    assert "none was found wrong" in wrong_sentence(rows[1:2])


def test_figures_show_the_counts_and_seconds() -> None:
    figure = paper_figure(ROWS)
    bars = {bar.name: bar for bar in figure.data}
    groups = list(dict.fromkeys(each.group for each in ROWS))
    assert sum(bars["here, as formula"].x) == 1
    assert sum(bars["here, as table"].x) == 1
    assert sum(bars["paper, solved"].x) == 2
    assert sum(bars["paper, likely solved"].x) == 1
    assert [data[2] for data in bars["paper, solved"].customdata] == [
        sum(1 for each in ROWS if each.group == group) for group in groups
    ]
    figure = seconds_figure(ROWS, most=2)
    bars = {bar.name: bar for bar in figure.data}
    assert set(bars) == {"train", "extract", "verify"}
    assert list(bars["train"].x) == [4.0, 0.0]
    assert list(bars["train"].y) == ["Sum All", "Parity All"]


def test_figures_of_nothing_are_empty() -> None:
    assert sum(len(bar.x) for bar in paper_figure(()).data) == 0
    assert len(seconds_figure(()).data) == 0
