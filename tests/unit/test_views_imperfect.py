"""What is said of a right program whose network is not: the counts of the report and no more."""

from __future__ import annotations

from typing import Any

from mips_core.views.imperfect import imperfect_sentences


def entry(agree: int, sequences: int = 4096) -> dict[str, int]:
    return {"agree": agree, "sequences": sequences}


def report(data: dict[str, Any], network: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {
        "imperfect_network": True,
        "verification": {"program_vs_data": data, "program_vs_network": network},
        **rest,
    }


def test_program_and_network_are_each_counted() -> None:
    said = imperfect_sentences(report({"1x": entry(4096), "5x": entry(1000, 1000)}, {"1x": entry(3982)}))
    assert said == (
        "The **program** gives the right answers on all 4,096 held-out sequences and on all 1,000 five times as long. "
        "The **network** does not: it differs from the program on 114 of 4,096 held-out sequences."
    )


def test_doubtful_records_are_not_called_right() -> None:
    found = report({"1x": entry(99, 100)}, {"1x": entry(90, 100)}, suspicious_rows=[{}])
    assert "recorded answers but for one output that looks wrong" in imperfect_sentences(found)


def test_nothing_is_said_without_evidence() -> None:
    perfect = report({"1x": entry(4096)}, {"1x": entry(3982)}) | {"imperfect_network": False}
    assert imperfect_sentences(perfect) == ""
    assert imperfect_sentences(report({"1x": entry(4095)}, {"1x": entry(3982)})) == ""
    assert imperfect_sentences(report({}, {})) == ""
