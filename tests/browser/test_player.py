"""The lock-step player in a real browser: it plays there, steps by key, and shares its step and its state by link."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Visit = Callable[..., Page]

pytestmark = pytest.mark.browser

FORTY = "%20".join("0110100111"[i % 10] for i in range(40))

WATCH = """root => {
  const seen = window.seenSteps = []
  const look = () => {
    const step = Number(root.dataset.step)
    if (seen.at(-1) !== step) seen.push(step)
    window.watching = requestAnimationFrame(look)
  }
  look()
  window.built = root.querySelector(".player")
}"""


COUNT_RUNS = """() => {
  window.scriptRuns = 0
  const app = document.querySelector("[data-testid=stApp]")
  new MutationObserver(() => window.scriptRuns += 1).observe(app, {attributeFilter: ["data-test-script-state"]})
}"""


def opened(visit: Visit, path: str, **how: int) -> Page:
    """Open an address and wait for its player, as long as a busy machine needs."""
    page = visit(path, **how)
    page.locator(".player").wait_for()
    return page


def at_rest(page: Page) -> None:
    """Wait until the server has nothing left to answer: a click before would join the run that is under way."""
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")


def shows_step(page: Page, step: int, length: int) -> None:
    expect(page.locator(".lockstep .count")).to_have_text(f"step {step} of {length}")


def test_thirty_steps_at_ten_per_second_play_without_the_server(visit: Visit) -> None:
    page = opened(visit, f"play?task=Parity_Last3&xs={FORTY}")
    root = page.locator(".lockstep")
    page.evaluate(COUNT_RUNS)
    root.evaluate(WATCH)
    root.locator("select").select_option("10")
    root.get_by_role("button", name="Play").click()
    page.wait_for_function("() => window.seenSteps.at(-1) >= 30")
    runs = page.evaluate("() => window.scriptRuns")
    root.get_by_role("button", name="Pause").click()
    seen = page.evaluate("() => window.seenSteps")
    assert all(b - a == 1 for a, b in pairwise(seen)), seen  # no step was dropped
    assert runs == 0  # playing asked the server for nothing
    expect(page).to_have_url(re.compile(r"[?&]t=3\d"))  # the pause did
    assert page.evaluate("() => window.built.isConnected")  # and it rebuilt nothing


def test_keys_play_step_jump_and_walk_through_the_lines(visit: Visit) -> None:
    page = opened(visit, "play?task=Parity_Last3&xs=1%200%201%201")
    player = page.locator(".player")
    player.press("ArrowRight")
    shows_step(page, 1, 4)
    player.press("End")
    shows_step(page, 4, 4)
    expect(page.locator(".status")).to_have_text("End of the sequence: all four agree.")
    expect(page.get_by_role("button", name="One step", exact=True)).to_be_disabled()
    player.press("ArrowLeft")
    shows_step(page, 3, 4)
    end = page.get_by_role("button", name="To the end")
    end.focus()
    page.keyboard.press("Enter")
    expect(end).to_be_disabled()
    page.keyboard.press("ArrowLeft")  # the focus has gone on to a button that is still there
    shows_step(page, 3, 4)
    player.press("Home")
    shows_step(page, 0, 4)
    player.press("]")
    expect(page.locator(".player select")).to_have_value("5")
    player.press("[")
    player.press("[")
    expect(page.locator(".player select")).to_have_value("1")
    player.press("ArrowDown")  # beyond the lines before the loop: the first line of step 1
    shows_step(page, 1, 4)
    expect(page.locator(".row.now code")).to_have_text("for x in xs:")
    expect(page.locator(".row.now output")).to_have_text("x = 1")
    player.press("ArrowDown")
    expect(page.locator(".row.now code")).to_contain_text("outputs.append")
    expect(page.locator(".row.now output")).to_have_text("→ 1")
    player.press("ArrowUp")
    player.press("ArrowUp")
    shows_step(page, 0, 4)
    player.press("End")
    player.press("Space")  # from the end it plays again
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    player.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_jump_and_a_state_live_in_the_address_and_a_link_reopens_both(visit: Visit) -> None:
    page = opened(visit, "play?task=Parity_Last3&xs=1%200%201%201%200")
    page.locator(".tape td[data-step='4']").first.click()
    shows_step(page, 4, 5)
    expect(page).to_have_url(re.compile(r"[?&]t=4"))
    state = page.locator("svg.machine g.state[data-value='2']")
    state.focus()
    state.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]state=2"))
    expect(state).to_have_attribute("aria-pressed", "true")
    link = page.url.split("/", 3)[3]

    other = opened(visit, link)
    shows_step(other, 4, 5)
    expect(other.locator("svg.machine g.state[data-value='2']")).to_have_attribute("aria-pressed", "true")
    expect(other.locator(".memory")).to_contain_text("previous = 1")

    other.get_by_test_id("stSidebarNav").get_by_role("link", name="Benchmark").click()
    expect(other.locator(".bench")).to_be_visible()
    other.get_by_test_id("stSidebarNav").get_by_role("link", name="Lock-step").click()
    other.locator(".player").wait_for()
    shows_step(other, 4, 5)


def test_speed_space_and_lines_stay_as_they_were_chosen(visit: Visit) -> None:
    page = opened(visit, "play?task=Div_7&xs=1%200%201")
    page.locator(".lockstep select").select_option("10")
    page.get_by_role("button", name="3-D").click()
    page.get_by_role("button", name="line by line").click()
    expect(page).to_have_url(re.compile(r"[?&]look=10.3d.lines"))

    def same(shown: Page) -> None:
        expect(shown.locator(".lockstep select")).to_have_value("10")
        expect(shown.get_by_role("button", name="3-D")).to_have_attribute("aria-pressed", "true")
        expect(shown.get_by_role("button", name="line by line")).to_have_attribute("aria-pressed", "true")

    field = page.get_by_role("textbox", name="Input sequence")
    field.fill("1 1 0 1")
    field.press("Enter")
    shows_step(page, 0, 4)
    same(page)
    same(opened(visit, page.url.split("/", 3)[3]))


def test_another_sequence_rebuilds_the_player_and_the_rest_does_not(visit: Visit) -> None:
    page = opened(visit, "play?task=Parity_Last3&xs=1%200%201%201%200&t=2")
    shows_step(page, 2, 5)
    page.locator(".lockstep").evaluate("root => (window.built = root.querySelector('.player'))")
    page.get_by_text("All numbers of this sequence").click()
    page.get_by_test_id("stDataFrame").wait_for()
    page.get_by_role("button", name="Other ones").click()
    length = page.get_by_text("(2x)")
    length.wait_for()
    at_rest(page)
    page.evaluate(COUNT_RUNS)
    length.click()
    page.wait_for_function("() => window.scriptRuns >= 1")  # the page runs again, for something else
    at_rest(page)
    assert page.evaluate("() => window.built.isConnected")
    field = page.get_by_role("textbox", name="Input sequence")
    field.fill("1 1 1")
    field.press("Enter")
    shows_step(page, 2, 3)
    assert not page.evaluate("() => window.built.isConnected")


def test_integers_words_and_a_missing_machine_have_panels_of_their_own(visit: Visit) -> None:
    page = opened(visit, "play?task=Sum_All&xs=96%2031%2015&t=2")
    expect(page.locator(".tally .here")).to_have_text("127")
    expect(page.locator(".tally .change")).to_have_text("+31")
    page = opened(visit, "play?task=parcel_locker&xs=open%20put&t=2")
    expect(page.locator(".row.read code")).to_have_text('(0, "put"): (2, "stored"),')
    expect(page.locator(".outputs .note")).to_contain_text("The rule is not known")
    page = opened(visit, "play?task=Bit_Palindrome&xs=1%201%200&t=3")
    expect(page.locator(".seen")).to_have_text("1 1 0")


@pytest.mark.parametrize("task", ["Parity_Last3", "parcel_locker", "Newton_Magnetic", "Dithering"])
def test_a_phone_shows_the_player_without_sideways_scrolling(visit: Visit, task: str) -> None:
    page = opened(visit, f"play?task={task}&t=3", width=390)
    expect(page.locator(".panel.program .row.now")).to_be_attached()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("m => m.scrollWidth <= m.clientWidth + 1")


def test_reduced_motion_jumps_from_step_to_step(visit: Visit) -> None:
    page = opened(visit, "play?task=Parity_Last3&xs=1%200%201%201%200")
    page.emulate_media(reduced_motion="reduce")
    page.locator(".player").press("ArrowRight")
    shows_step(page, 1, 5)
    expect(page.locator("svg.machine .token")).to_be_hidden()
