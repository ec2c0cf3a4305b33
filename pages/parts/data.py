"""Every call from a page to the core that is worth keeping between reruns."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import streamlit as st

from mips_core.errors import BadInputError, MipsError
from mips_core.hosting import hosting
from mips_core.machines.mealy import MealyMachine
from mips_core.resources import asset, explorer_folder
from mips_core.runs import Run, RunPage, UnreadableRun, is_own_id, shipped_runs
from mips_core.runs.places import place_of
from mips_core.runs.whole import FolderState, open_whole, state_of
from mips_core.stepping import IntArray
from mips_core.tasks import names
from mips_core.tasks.vocabulary import plain_step
from mips_core.verification.claims import ranges_text
from mips_core.views import samples
from mips_core.views.gallery import Card, card, cards
from mips_core.views.hidden_states import Cloud, collect
from mips_core.views.lockstep import LockStep
from mips_core.views.machine_svg import Picture, machine_svg
from mips_core.views.samples import example as example
from mips_core.views.samples import inputs_of as inputs_of
from mips_core.views.samples import sample as sample
from mips_core.views.samples import task_of as task_of
from mips_core.views.samples import words_of as words_of
from mips_core.views.sequence_code import shown_steps
from pages.parts.run_key import BY_FOLDER
from pages.parts.shared_runs import shared_runs
from pages.parts.visitor import own_store, without_places

OWN_CARDS = 12
"""Own runs of which the gallery shows a card; the page of one's own runs has all."""

SEQUENCES = 120
"""Sequences whose hidden states are drawn: about 1,200 points, which a browser draws at once."""


@st.cache_resource(show_spinner="Reading the finished runs")
def shipped() -> dict[str, Run]:
    """Return the readable shipped runs by name."""
    return {run.id: run for run in shipped_runs() if isinstance(run, Run)}


def own_run(run_id: str) -> Run | UnreadableRun | None:
    """Return one of this visitor's own runs, every part of which was read, or why it cannot be; None without it.

    Whatever process changed it, it is seen at once.
    """
    try:
        place = place_of(own_store().folder, run_id)
    except BadInputError:
        return None
    found = _own_run(str(place), state_of(place))
    return found if isinstance(found, Run) else UnreadableRun(place, without_places(found))


@st.cache_resource(max_entries=1024, show_spinner="Reading your runs")
def _own_run(folder: str, state: FolderState) -> Run | str:
    """Return an own run, every part of which was read, or why it cannot be."""
    try:
        return open_whole(Path(folder))
    except MipsError as error:
        return str(error)


def own_page(**wanted: Any) -> RunPage:
    """Return a page of this visitor's own runs, as :meth:`RunStore.query` does; none where their folder is unreadable.

    The page of one's own runs says why; the shipped runs are there all the same.
    """
    try:
        return own_store().query(**wanted)
    except MipsError:
        return RunPage((), 0)


def recent_runs(task: str | None = None) -> Iterator[Run]:
    """Give the visitor's latest readable runs, pinned ones first, then the shipped ones; opened as they are asked for.

    Parameters
    ----------
    task : those of this task alone
    """
    for row in own_page(task=task, readable=True).rows:
        run = own_run(row.id)
        if isinstance(run, Run):
            yield run
    yield from (run for run in shipped().values() if task is None or run.report.get("task") == task)


def run_with(run_id: str) -> Run | None:
    """Return a readable run by what stands for it in an address: own, shared by a link, or shipped."""
    if is_own_id(run_id):
        found = own_run(run_id)
        return found if isinstance(found, Run) else None
    return shared_runs().get(run_id) or shipped().get(run_id)


@st.cache_resource(show_spinner="Reading the finished runs")
def gallery_cards() -> tuple[Card, ...]:
    """Return a card for every shipped run, readable or not."""
    order = {name: place for place, name in enumerate(names())}
    return tuple(sorted(cards(shipped_runs()), key=lambda c: order.get(c.name, len(order))))


def own_cards(text: str = "") -> tuple[Card, ...]:
    """Return cards of the visitor's own runs that match, readable or not: the pinned and latest ones."""
    found = (own_run(row.id) for row in own_page(text=text, limit=OWN_CARDS).rows)
    return tuple(example_card(run) if isinstance(run, Run) else card(run) for run in found if run is not None)


@st.cache_resource(max_entries=512, show_spinner=False, hash_funcs={Run: lambda run: f"{run.folder} {run.name}"})
def example_card(run: Run) -> Card:
    """Return the card of one run."""
    return card(run)


def verify_command(run: Run) -> str:
    """Return the command that checks a changed program of a run, which has the name that it is downloaded by.

    Data files hold no network to check it against.
    """
    network = run.report["source"] if _has_shipped_network(run) else _network_file(run)
    return f"mips verify {network} {shlex.quote(f'{run.file_name}.py')}"


def distill_command(run: Run) -> str:
    """Return the command that distils the network of a run again.

    A run that is no task comes from a file: an example that ships, or else the network that is stored with the run.
    The network of an own run of a task, or of one that keeps its own, need not be the shipped one.
    """
    source = run.report["source"]
    if _has_shipped_network(run):
        return f"mips distill {source}"
    if run.information is not None or run.report.get("task"):
        return f"mips distill {_network_file(run)}"
    file = asset("examples", Path(source).name)
    return f"mips distill {path_text(file if file.is_file() else run.folder / 'network.safetensors')}"


def _has_shipped_network(run: Run) -> bool:
    """Return whether the network of a run is the one that ships for its task."""
    own = run.information is not None
    return bool(run.report.get("task")) and not own and not (run.folder / "network.safetensors").exists()


def _network_file(run: Run) -> str:
    """Return the path of a run's network for a shell; from a server with visitors it is the file that they download."""
    if hosting().public and run.information is not None:
        return shlex.quote(f"{run.file_name}.safetensors")
    return path_text(run.folder / "network.safetensors")


def diff_commands(a: Run, b: Run) -> list[str]:
    """Return the command that compares the machines of two runs, where both have one and read the same inputs."""
    if a.machine is None or b.machine is None or a.report["inputs"] != b.report["inputs"]:
        return []
    command = f"mips diff {path_text(a.folder / 'machine.json')} {path_text(b.folder / 'machine.json')}"
    if isinstance(a.machine, MealyMachine) or isinstance(b.machine, MealyMachine):
        return [command]  # a machine says itself which inputs may occur
    return [f"{command} --inputs {ranges_text(inputs_of(a))}"]


def path_text(path: Path) -> str:
    """Write the path of a shipped file for a shell in the folder of the explorer."""
    folder = explorer_folder()
    return shlex.quote(str(path.relative_to(folder) if path.is_relative_to(folder) else path))


def program_call(run: Run, x: IntArray) -> str:
    """Return Python code that calls the program of a run on the first steps of ``x`` (T, D_in), in its words."""
    x, more = shown_steps(x)
    steps = [plain_step(step, run.network.card.input_words) for step in x]
    call = ", ".join(repr(step[0]) if len(step) == 1 else repr(step) for step in steps)
    return f'from mips_core.runs import open_run\n\nf = open_run("{run.id}").program.function\nprint(f([{call}])){more}'


@st.cache_resource(max_entries=64, show_spinner="Running the network", hash_funcs=BY_FOLDER)
def cloud(run: Run, variable: int = 0, count: int = SEQUENCES, seed: int = 0) -> Cloud:
    """Return the hidden states over sampled sequences of the trained length."""
    return collect(run.network, run.machine, sample(run, count, int(run.report["length"]), seed), variable)


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=BY_FOLDER)
def stepped(run: Run, x: IntArray) -> LockStep:
    """Return what network, machine, program and truth do on one sequence (T, D_in)."""
    return samples.stepped(run, x)


@st.cache_resource(max_entries=256, show_spinner="Drawing the machine", hash_funcs=BY_FOLDER)
def picture(
    run: Run, current: int | None, edge: tuple[int, int] | None, selected: int | None, clickable: bool
) -> Picture:
    """Return the drawing of the run's finite machine."""
    assert isinstance(run.machine, MealyMachine)
    return machine_svg(run.machine, current=current, edge=edge, selected=selected, clickable=clickable)


def report_text(run: Run) -> str:
    """Return the report as it lies on disk."""
    return json.dumps(run.report, indent=2, ensure_ascii=False)
