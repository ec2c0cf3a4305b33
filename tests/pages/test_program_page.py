"""The program page: origins, the editor's verdicts, links with edited text, other programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from mips_core.views.link_text import pack_text

Open = Callable[..., AppTest]
PARITY = """def f(xs):
    outputs = []
    parity = 0
    for x in xs:
        parity = parity ^ x
        outputs.append(parity)
    return outputs"""


def words(at: AppTest) -> str:
    """Return everything that the page says in text elements and in its own HTML."""
    kinds = (at.title, at.subheader, at.markdown, at.caption, at.error, at.warning, at.info, at.success, at.code)
    told = [element.value for kind in kinds for element in kind]
    return "\n".join([*told, *(element.proto.body for element in at.get("html"))])


def check(at: AppTest, text: str) -> AppTest:
    """Type a text into the editor and press the button."""
    at.session_state["edit_text"] = text
    at.button(key="run_check").click().run()
    assert not at.exception
    return at


def test_each_line_says_what_it_is_and_what_it_explains(open_page: Open) -> None:
    at = open_page("program_view", task="Parity_All", stages="true")
    text = words(at)
    assert "next state right in 4 of 4 transitions of the machine" in text
    assert "output right in 4 of 4 transitions of the machine" in text
    assert "Each state of the machine is one value of `parity`, and each value is one state." in text
    assert at.dataframe[0].value["parity"].tolist() == ["0", "1"]
    assert "The network is not affine" in text


def test_equations_are_counted_beside_the_network_and_read_off_it(open_page: Open) -> None:
    text = words(open_page("program_view", task="Sum_All"))
    assert "steps of sampled sequences" in text
    assert "Is each variable really in the network?" in text


def test_without_a_program_the_page_says_what_was_tried(open_page: Open) -> None:
    at = open_page("program_view", task="stubborn")
    assert "No program was found" in words(at)
    assert "More than 512 states" in words(at)
    assert not [button for button in at.button if button.key == "run_check"]


def test_a_suggested_change_is_checked_at_once(open_page: Open) -> None:
    at = open_page("program_view", task="Parity_All")
    assert at.button(key="change_0").label == "parity ^ x → parity \\| x"
    at.button(key="change_0").click().run()
    text = words(at)
    assert [w.value for w in at.warning] == ["**It differs from the network on an input of 2 steps.**"]
    assert "every shorter input was tried" in text
    assert "At the last step the network answers 0; the edited program answers 1." in text
    assert "**Against the original:** 1 line out, 1 in." in text
    at.button(key="reset_edit").click().run()
    assert not at.warning
    assert "Against the original" not in words(at)


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("def f(xs):\n    retrun xs", "error", "Line 2: not valid Python"),
        ("import os\n" + PARITY, "error", "an import is not allowed"),
        ("def f(xs):\n    while True:\n        pass", "error", "Stopped after 2 s"),
        (PARITY.replace("parity ^ x", "parity ^ x // (1 - parity)"), "warning", "in line 5: ZeroDivisionError"),
        ("def f(xs):\n    return tuple(xs)", "warning", "f returned a tuple, not a list"),
        (PARITY.replace("outputs.append(parity)", "outputs.append(x)"), "warning", "differs from the network"),
    ],
)
def test_what_is_wrong_with_a_text_is_one_sentence(open_page: Open, text: str, kind: str, told: str) -> None:
    at = check(open_page("program_view", task="Parity_All"), text)
    (found,) = getattr(at, kind)
    assert told in found.value.replace("\\", "")


def test_a_syntax_error_shows_its_line_with_a_caret(open_page: Open) -> None:
    at = check(open_page("program_view", task="Parity_All"), "def f(xs):\n    retrun xs")
    assert any(block.value == "2 |     retrun xs\n               ^" for block in at.code)


def test_an_equal_edit_is_proved(open_page: Open) -> None:
    at = check(open_page("program_view", task="Parity_All"), PARITY.replace("parity ^ x", "(parity + x) % 2"))
    assert [s.value for s in at.success] == ["**Equal to the network on every input that was tried.**"]
    text = words(at).replace("\\", "")
    assert "Proved: it equals the network's machine on inputs of all lengths." in text
    assert "Proved: it gives what the original program gives" in text
    assert "held-out sequences of length 10" in text


def test_an_edited_text_in_a_link_is_not_run_by_itself(open_page: Open) -> None:
    changed = PARITY.replace("parity ^ x", "parity | x")
    at = open_page("program_view", task="Parity_All", edit=pack_text(changed) or "")
    assert at.session_state["edit_text"] == changed
    assert [i.value for i in at.info] == [
        "This text came with the link. It has not been run: press *Run check* to run it."
    ]
    assert not at.warning
    at.button(key="run_check").click().run()
    assert len(at.warning) == 1
    assert not at.info


def test_a_cut_link_shows_the_original_and_says_so(open_page: Open) -> None:
    at = open_page("program_view", task="Parity_All", edit="eJxLS0")
    assert [e.value for e in at.error] == [
        "The edited program in this link cannot be read: the link was cut, or changed on its way."
    ]
    assert at.session_state["edit_text"] == PARITY


def test_another_run_begins_with_its_own_text(open_page: Open) -> None:
    at = check(open_page("program_view", task="Parity_All"), PARITY.replace("^", "|"))
    at.selectbox(key="task").set_value("Sum_All").run()
    assert "total" in at.session_state["edit_text"]
    assert not at.warning


def test_plain_names(open_page: Open) -> None:
    at = open_page("program_view", task="Parity_All")
    assert "parity = parity ^ x" in at.code[0].value
    at.segmented_control(key="names").set_value("plain").run()
    assert "s0 = s0 ^ x" in at.code[0].value


def test_other_programs_are_listed_by_size_and_go_into_the_editor(open_page: Open) -> None:
    at = open_page("program_view", task="remainder")
    at.button(key="search_more").click().run()
    assert not at.exception
    choice = at.selectbox(key="other")
    assert len(choice.options) >= 3
    sizes = [int(option.split()[0]) for option in choice.options]
    assert sizes == sorted(sizes)
    table = next(i for i, option in enumerate(choice.options) if "nothing is remembered" in option)
    choice.set_value(table).run()
    assert at.query_params["more"] == "True"
    link = open_page("program_view", task="remainder", more="True", other=at.query_params["other"])
    assert link.selectbox(key="other").value == table
    at.button(key="put_other").click().run()
    assert not at.exception
    assert "state" not in at.session_state["edit_text"]
    at.button(key="run_check").click().run()
    assert len(at.warning) == 1


def test_a_program_over_words_can_be_changed_and_checked(open_page: Open) -> None:
    at = open_page("program_view", task="turnstile")
    assert "6 of 6" in words(at) or "4 of 4" in words(at)
    entry = next(b for b in at.button if "→" in b.label and "coin" in b.label)
    entry.click().run()
    assert len(at.warning) == 1
    assert "coin(1,2)" in words(at)
    assert "Formulas are not searched over words" in words(at)


@pytest.mark.parametrize("task", ["Parity_All", "turnstile"])
def test_the_python_of_the_page_runs(open_page: Open, task: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = open_page("program_view", task=task)
    (shown,) = [block.value for block in at.code if "check_edit" in block.value]
    exec(shown, {})
    assert "differs" in capsys.readouterr().out


def test_a_system_that_bounds_no_other_program_is_said(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    import pages.parts.program_edit as edit

    said = "This system cannot bound the memory of another program."
    monkeypatch.setattr(edit, "missing_limits", lambda: "memory")
    at = open_page("program_view", task="Parity_All")
    at.session_state["edit_open"] = True
    at.run()
    assert said in words(at)
    monkeypatch.setattr(edit, "missing_limits", lambda: "")
    at.run()
    assert said not in words(at)
