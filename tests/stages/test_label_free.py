"""Without labels: the program is the network's, also where the network is not what the data say."""

from __future__ import annotations

import numpy as np
from command_line import mips

from mips_core.distillation import Subject, Truth
from mips_core.distillation.candidate import Probe
from mips_core.distillation.routes import run_routes
from mips_core.networks import load_network
from mips_core.progress import Monitor
from mips_core.resources import shipped_network
from mips_core.stepping import outputs_of
from mips_core.tasks import get


def test_what_the_network_computes_is_found_though_the_truth_is_another() -> None:
    """The network computes parity; the truth that comes with it says something else."""
    network, other = load_network(shipped_network("Parity_All")), get("Parity_Last2")
    subject = Subject("odd", network, other.inputs, other.length, Truth(task=other), label_free=True)
    chosen = run_routes(subject, Monitor(), seed=0)
    assert chosen.score is not None
    assert chosen.score.data is None
    assert chosen.score.perfect
    x = get("Parity_All").sample(50, length=20, rng=np.random.default_rng(0))
    assert np.array_equal(outputs_of(chosen.candidate.program, x), get("Parity_All").apply(x))


def test_truth_plays_no_part_in_the_judgement_of_programs() -> None:
    task = get("Parity_All")
    network = load_network(shipped_network(task.name))
    subject = Subject(task.name, network, task.inputs, task.length, Truth(task=task), label_free=True)
    assert Probe(subject, 0).data_share(network) is None
    assert subject.truth is not None


def test_the_command_reports_the_data_and_decides_by_the_network() -> None:
    said = mips("distill", "Parity_Last2", "--label-free", "--json")
    assert said.code == 0
    assert said.json["label_free"] is True
    assert said.json["verification"]["program_vs_data"]["1x"]["sequences"] > 0
    assert all(stage["evidence"].get("agrees_with_data") is None for stage in said.json["stages"])
    assert mips("distill", "Parity_Last2", "--json").json["label_free"] is False
