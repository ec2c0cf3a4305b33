"""What each page shows, and how it fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from page_text import html_of, no_failure, words
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
PAGES = ("gallery", "hidden_states", "state_machine", "program_view", "compare_view", "proof_view")
RUNS = (
    "Parity_All",
    "Parity_Last4",
    "Binary_Addition",
    "Sum_All",
    "remainder",
    "windows_of_seven",
    "stubborn",
    "turnstile",
)


@pytest.mark.parametrize("page", PAGES[1:])
@pytest.mark.parametrize("run", RUNS)
def test_every_page_shows_every_kind_of_run(open_page: Open, page: str, run: str) -> None:
    at = open_page(page, task=run)
    no_failure(at)
    assert at.selectbox(key="task").value == run
    assert "In Python" in words(at) or run == "stubborn"
    assert not at.error


def test_gallery_shows_a_finished_example_at_once(open_page: Open) -> None:
    at = open_page()
    no_failure(at)
    assert "A finished example: Parity All" in words(at)
    assert "Program and network agree on 4,096 held-out sequences of length 10, and on 1,024 of length 50." in words(at)
    assert "parity ^ x" in html_of(at)
    assert "9 of 9 runs" in words(at)


def test_gallery_filters_and_says_when_nothing_matches(open_page: Open) -> None:
    at = open_page()
    at.text_input(key="search").set_value("parity").run()
    assert "2 of 9 runs" in words(at)
    at.text_input(key="search").set_value("no such thing").run()
    assert "No task matches" in words(at)


def test_an_unknown_task_in_the_gallerys_address_is_named(open_page: Open) -> None:
    at = open_page(task="Nope")
    no_failure(at)
    assert [e.value.split(".")[0] for e in at.error] == ["There is no finished run called 'Nope'"]
    assert "9 of 9 runs" in words(at)
    assert not open_page(task="Parity_All").error


def test_a_card_opens_the_state_machine_of_its_task(open_page: Open) -> None:
    at = open_page()
    at.session_state["opened"] = "Binary_Addition"
    at.run()
    no_failure(at)
    assert at.title[0].value == "State machine"
    assert at.selectbox(key="task").value == "Binary_Addition"


@pytest.mark.parametrize("page", PAGES[1:])
def test_an_unknown_task_in_the_address_is_one_sentence(open_page: Open, page: str) -> None:
    at = open_page(page, task="Parity_Everything")
    assert not at.exception
    assert [e.value for e in at.error] == [r"There is no finished run called 'Parity\_Everything'."]


def test_compare_runs_a_typed_sequence(open_page: Open) -> None:
    at = open_page("compare_view", task="Parity_All")
    at.text_input(key="xs").set_value("1 1 1 0").run()
    no_failure(at)
    assert "All four agree on all 4 steps: network, machine, program and truth." in words(at)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 0 7", "Step 3 is 7; this network reads 0 or 1."),
        ("1 x", "Step 2 is 'x'; write whole numbers"),
        ("0;1 1", "Step 1 is '0;1', which has 2 integers"),
        ("[a](//b)", r"Step 1 is '\[a\](//b)'"),  # no link: a sequence comes with an address
        ("1 " * 500, "at most 400"),
    ],
)
def test_a_wrong_sequence_is_one_sentence_with_a_way_back(open_page: Open, text: str, sentence: str) -> None:
    at = open_page("compare_view", task="Parity_All")
    at.text_input(key="xs").set_value(text).run()
    assert not at.exception
    assert sentence in at.error[0].value
    back = next(b for b in at.button if b.label == "Back to the example")
    back.click().run()
    assert not at.error
    assert "All four agree" in words(at)


def test_an_empty_sequence_is_no_error(open_page: Open) -> None:
    at = open_page("compare_view", task="Parity_All")
    at.text_input(key="xs").set_value("").run()
    no_failure(at)
    assert "The sequence is empty" in words(at)


def test_two_inputs_per_step(open_page: Open) -> None:
    at = open_page("compare_view", task="Binary_Addition", xs="1;1 0;1 0;0", t="2")
    no_failure(at)
    assert "All four agree on all 3 steps" in words(at)
    assert at.session_state["kept"]["t"] == "2"


def test_a_shorter_sequence_takes_the_step_along(open_page: Open) -> None:
    at = open_page("compare_view", task="Parity_All", xs="1 0 1 1", t="4")
    at.text_input(key="xs").set_value("1 0").run()
    no_failure(at)
    assert at.session_state["kept"]["t"] == "2"


def test_another_task_brings_its_own_sequence(open_page: Open) -> None:
    at = open_page("compare_view")  # without parameters: AppTest never updates those of the address
    at.text_input(key="xs").set_value("1 1").run()
    at.selectbox(key="task").set_value("Binary_Addition").run()
    no_failure(at)
    assert ";" in at.text_input(key="xs").value


def test_the_stored_counterexample_opens_with_one_click(open_page: Open) -> None:
    at = open_page("compare_view", task="Sum_All")
    next(b for b in at.button if b.label == "Counterexample").click().run()
    no_failure(at)
    assert at.text_input(key="xs").value == " ".join(["9"] * 28)
    assert at.session_state["kept"]["t"] == "28"
    assert "Network differs from machine, program and truth first at step" in words(at)


def test_random_sequences_have_the_asked_length(open_page: Open) -> None:
    at = open_page("compare_view", task="Parity_All")
    at.session_state["times"] = 5
    next(b for b in at.button if b.label == "Random sequence").click().run()
    assert len(at.text_input(key="xs").value.split()) == 50
    first = at.text_input(key="xs").value
    next(b for b in at.button if b.label == "Random sequence").click().run()
    assert at.text_input(key="xs").value != first


def test_a_run_without_machine_says_so_and_links_to_the_reasons(open_page: Open) -> None:
    at = open_page("state_machine", task="stubborn")
    assert "No machine was found" in at.warning[0].value
    at = open_page("program_view", task="stubborn")
    assert "More than 512 states; the last two prefixes that differ are 0 1 1 and 1 1 1." in words(at)


def test_an_integer_system_is_shown_as_equations(open_page: Open) -> None:
    at = open_page("state_machine", task="Sum_All")
    assert any(r"\mathrm{total}' & = & \displaystyle \mathrm{total} + x" in block.value for block in at.latex)


def test_no_page_imports_torch_and_all_paint_without_it(runs_folder: Path) -> None:
    script = f"""
import sys
from pathlib import Path
import mips_core.resources
mips_core.resources.explorer_folder = lambda: Path({str(runs_folder)!r})
from streamlit.testing.v1 import AppTest
root = Path({str(Path(__file__).resolve().parents[2])!r})
sys.path.insert(0, str(root))
for page in {(*PAGES, "benchmark_view")!r}:
    at = AppTest.from_file(str(root / "app.py"), default_timeout=60)
    if page != "gallery":
        at.switch_page(f"pages/{{page}}.py")
    at.run()
    assert not at.exception, page
print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "False"


# Runs over words


def test_words_are_typed_and_shown(open_page: Open) -> None:
    at = open_page("compare_view", task="turnstile", xs="push coin(1,2) push push", t="3")
    no_failure(at)
    text = words(at)
    assert "All three agree on all 4 steps" in text
    at.text_input(key="xs").set_value("push pish").run()
    assert [e.value for e in at.error] == [
        "Step 2 holds the word 'pish'; did you mean push? known are coin(1,2), push (2 words)."
    ]


def test_the_program_of_words_stands_beside_its_table(open_page: Open) -> None:
    at = open_page("program_view", task="turnstile")
    no_failure(at)
    shown = [block.value for block in at.code]
    assert any('(0, "push"): (0, "*locked*"),  # not observed' in block for block in shown)
    assert "*locked* open unlocked" in shown
    assert any(".function\nprint(f([" in block and "'push'" in block for block in shown)


def test_commands_for_a_run_that_is_no_task_name_files_that_are_there(open_page: Open, runs_folder: Path) -> None:
    at = open_page("program_view", task="turnstile")
    distill, verify = at.code[-1].value.splitlines()
    for line, command in ((distill, "distill"), (verify, "verify")):
        assert line.split()[:2] == ["mips", command]
        assert (runs_folder / line.split()[2]).is_file()


@pytest.mark.parametrize("page", ["state_machine", "compare_view"])
def test_code_for_words_is_written_in_words_and_runs(open_page: Open, page: str) -> None:
    at = open_page(page, task="turnstile", xs="push coin(1,2) push", t="0")
    code = next(block.value for block in reversed(at.code) if block.language == "python")
    assert "'coin(1,2)'" in code
    exec(code, {})


def test_recorded_traces_are_a_kind_of_their_own(open_page: Open) -> None:
    at = open_page()
    at.text_input(key="search").set_value("turnstile").run()
    no_failure(at)
    assert "1 of 9 runs" in words(at)
    assert "Recorded traces" in at.button_group(key="kind").options


def test_a_link_to_a_run_that_is_gone_leaves_nothing_to_the_next(open_page: Open) -> None:
    at = open_page("player_view", run="turn-00000000", xs="look push", t="2", state="1")
    assert at.error
    assert not {"run", "xs", "t", "state"} & set(at.query_params)
    at.switch_page("pages/player_view.py").run()
    no_failure(at)
    assert not at.error


def test_code_says_where_it_leaves_steps_out(open_page: Open) -> None:
    for page in ("player_view", "state_machine", "compare_view"):
        at = open_page(page, task="Parity_All", xs=" ".join("10" * 30))
        code = next(block.value for block in reversed(at.code) if block.language == "python")
        assert "# the first 40 of 60 steps" in code
