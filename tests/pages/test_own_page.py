"""Bring your own: what the page shows of networks and data, right and wrong, and what comes out of them."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import numpy as np
import pytest
from page_text import no_failure, words
from streamlit.testing.v1 import AppTest

from mips_core.distillation.examples import EXAMPLES
from mips_core.resources import asset
from mips_core.runs import RunStore

Open = Callable[..., AppTest]


def upload(at: AppTest, name: str, data: bytes) -> AppTest:
    return at.file_uploader[0].upload(name, data, "application/octet-stream").run()


def button(at: AppTest, label: str):
    return next(b for b in at.button if b.label == label)


def has_button(at: AppTest, label: str) -> bool:
    return any(b.label == label for b in at.button)


def saved(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def finished(at: AppTest, seconds: float = 90.0) -> AppTest:
    """Look again until the job is over, as the page's own fragment does in a browser."""
    end = time.monotonic() + seconds
    while has_button(at, "Cancel") and time.monotonic() < end:
        time.sleep(0.3)
        at.run()
    return at


def network(hidden: int = 1) -> dict[str, np.ndarray]:
    return {
        "hmlp.mlp.0.weight": np.ones((hidden, hidden + 1)),
        "hmlp.mlp.0.bias": np.zeros(hidden),
        "ymlp.mlp.0.weight": np.ones((1, hidden)),
        "ymlp.mlp.0.bias": np.zeros(1),
    }


def test_the_empty_page_shows_what_is_needed_and_examples(open_page: Open) -> None:
    at = open_page("own_view")
    no_failure(at)
    assert "four arrays" in words(at)
    assert "Start from an example" in [each.label for each in at.expander]
    assert any("mips distill assets/examples/gru_ones_modulo_3.pt --inputs 0:2" in block.value for block in at.code)
    assert not at.error


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.file)
def test_every_example_opens_by_a_link(open_page: Open, example) -> None:
    at = open_page("own_view", example=example.file)
    no_failure(at)
    assert not at.error
    assert not at.warning
    assert has_button(at, "Distil" if example.kind == "network" else "Train and distil")
    assert example.file in words(at).replace("\\", "")
    assert at.query_params["example"] in (example.file, [example.file])  # a list in older versions of Streamlit
    if example.inputs:
        assert at.text_input(key="own_inputs").value == example.inputs


def test_an_unknown_example_is_named(open_page: Open) -> None:
    at = open_page("own_view", example="nope")
    no_failure(at)
    assert "No example is called nope" in words(at)


def test_a_link_keeps_what_was_chosen(open_page: Open) -> None:
    at = open_page("own_view", example="authors_weighted_sum.npz", own_inputs="0:4", own_seed="7")
    no_failure(at)
    assert at.text_input(key="own_inputs").value == "0:4"
    assert at.number_input(key="own_seed").value == 7
    assert any("--inputs 0:4 --seed 7" in block.value for block in at.code)


def test_an_uploaded_network_without_ranges_asks_for_them(open_page: Open) -> None:
    at = upload(open_page("own_view"), "sum.npz", saved(**network()))
    no_failure(at)
    assert "does not say which integers may go in" in words(at)
    assert not has_button(at, "Distil")
    at.text_input(key="own_inputs").set_value("0:10").run()
    no_failure(at)
    assert "A check run on ten inputs" in words(at)
    assert has_button(at, "Distil")
    assert any("mips distill sum.npz --inputs 0:10" in block.value for block in at.code)
    at.text_input(key="own_inputs").set_value("0-10").run()
    assert len(at.error) == 1
    assert not has_button(at, "Distil")


def test_choices_change_the_reading(open_page: Open) -> None:
    at = open_page("own_view", example="gru_ones_modulo_3.pt")
    at.selectbox(key="own_outputs").select("rounded").run()
    no_failure(at)
    assert any("--outputs round" in block.value for block in at.code)
    at.selectbox(key="own_encoding").select("one-hot").run()
    at.text_input(key="own_inputs").set_value("0:5").run()
    assert not at.exception
    assert "fits neither the 5 one-hot symbols" in at.error[0].value
    assert not has_button(at, "Distil")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("w.pkl", b"\x80\x04N.", "It is a pickle, which can run code"),
        ("notes.txt", b"hello", "Data files end in .csv or .npz."),
        ("w.pt", b"\x80\x04\x8c\x05posix\x8c\x06system\x93.", "posix.system"),
        ("w.safetensors", b"\xff" * 30, "not a whole safetensors file"),
        ("w.npz", saved(**(network() | {"ymlp.mlp.0.weight": np.ones((1, 4))})), "has the shape (1, 4)"),
        ("w.npz", saved(**(network() | {"hmlp.mlp.0.bias": np.full(1, np.nan)})), "NaN or infinite"),
        ("w.npz", saved(a=np.zeros(3)), "no recurrent layer"),
        ("rows.csv", b"x,y\n0 1,0 1\n0 oops,0 1\n", "line 3: step 2 of x is 'oops'"),
        ("rows.csv", b"x,y\n0 1 0,0 1 1\n0 1 1,0 0 1\n1 1,0 1\n", "contradicts itself"),
        ("rows.csv", b"", "is empty"),
        ("rows.npz", saved(x=np.zeros((3, 2)), y=np.zeros((2, 2))), "3 rows"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(open_page: Open, name: str, data: bytes, sentence: str) -> None:
    at = upload(open_page("own_view"), name, data)
    no_failure(at)
    assert len(at.error) == 1
    assert sentence in at.error[0].value.replace("\\", "")
    assert not has_button(at, "Distil")
    assert not has_button(at, "Train and distil")


def test_names_from_outside_are_shown_as_they_are(open_page: Open) -> None:
    at = upload(open_page("own_view"), "![a](http://b)<b>*c*.csv", b"0 1\n")
    no_failure(at)
    assert r"\!\[a\](http\::small[]//b)\<b\>\*c\*.csv" in at.error[0].value


def test_contradictory_rows_are_named(open_page: Open) -> None:
    at = upload(open_page("own_view"), "rows.csv", b"x,y\n0 1 0,0 1 1\n0 1 1,0 0 1\n1 1,0 1\n")
    table = next(frame.value for frame in at.dataframe if "same inputs" in frame.value.columns)
    assert table["rows"].tolist() == ["1 and 2"]
    assert table["same inputs"].tolist() == ["0 1"]


def test_hopeless_data_are_trained_on_only_when_asked_for_once_more(open_page: Open) -> None:
    bits = [" ".join(map(str, row)) for row in np.random.default_rng(0).integers(0, 2, size=(400, 8))]
    rows = "".join(f"{x},{y}\n" for x, y in zip(bits[:200], bits[200:], strict=True))
    at = upload(open_page("own_view"), "random.csv", f"x,y\n{rows}".encode())
    no_failure(at)
    assert button(at, "Train and distil").disabled
    at.checkbox(key="own_hopeless").check().run()
    assert not button(at, "Train and distil").disabled


def test_closing_a_file_empties_the_page(open_page: Open) -> None:
    at = open_page("own_view", example="difference.csv")
    button(at, "Close").click().run()
    no_failure(at)
    assert "four arrays" in words(at)
    assert "example" not in at.query_params


def test_a_network_is_distilled_and_stored(open_page: Open) -> None:
    at = open_page("own_view", example="authors_weighted_sum.npz")
    button(at, "Distil").click().run()
    at = finished(at)
    no_failure(at)
    assert "Program and network agree on" in words(at)
    assert any("outputs.append(x + 2 * previous)" in block.value for block in at.code)
    (run,) = RunStore().runs()
    assert run.name == "authors_weighted_sum.npz"
    job = at.query_params["job"]
    elsewhere = open_page(
        "own_view", job=job if isinstance(job, str) else job[0]
    )  # a link to the job, without the file
    no_failure(elsewhere)
    assert "Distilling authors\\_weighted\\_sum.npz" in words(elsewhere)
    assert any("outputs.append(x + 2 * previous)" in block.value for block in elsewhere.code)
    button(at, "Set up another").click().run()
    no_failure(at)
    assert has_button(at, "Distil")


def test_a_job_that_fails_says_why(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIPS_HOME", "/dev/null/nowhere")
    at = open_page("own_view", example="authors_weighted_sum.npz")
    button(at, "Distil").click().run()
    at = finished(at)
    assert not at.exception
    assert len(at.error) == 1
    assert "Cannot" in at.error[0].value


def test_a_lost_job_is_said_to_be_lost(open_page: Open) -> None:
    at = open_page("own_view", job="no-such-job", example="difference.csv")
    no_failure(at)
    assert len(at.warning) == 1
    assert has_button(at, "Train and distil")


def test_data_files_that_ship_with_the_tests_open(open_page: Open) -> None:
    data = asset("examples", "parcel_locker.csv").read_bytes()
    at = upload(open_page("own_view"), "parcel_locker.csv", data)
    no_failure(at)
    assert "2,600 rows of 6 to 18 steps" in words(at)
    assert at.select_slider(key="own_budget").value == 150
