"""What ships with the runs is proved: certificates are accepted, and speak of the networks that lie beside them."""

from __future__ import annotations

import pytest

from mips_core.files import read_bytes, read_json
from mips_core.machines import MealyMachine
from mips_core.networks import network_digest
from mips_core.runs import shipped_run
from mips_core.runs.proofs import STORY, proofs_of
from mips_core.runs.proving import FORMAT, VERSION
from mips_core.shipping.certificates import checked
from mips_core.tasks import names
from mips_core.verification.claims import Strength

LONG = 1_000
SLOW = {"Majority_0_2", "Majority_0_3", "Base_6_Addition", "Base_7_Addition"}
"""Their certificates take the checker seconds; ``mips check-certificate RUN`` checks them too."""


def test_nearly_all_tasks_ship_a_proved_network() -> None:
    lengths = {}
    for name in names():
        changed = proofs_of(shipped_run(name)).changed
        if changed is not None and changed.certificate is not None:
            lengths[name] = changed.certificate["length"]
    assert sum(length is None or length >= LONG for length in lengths.values()) >= 54
    finite = [name for name in names() if isinstance(shipped_run(name).machine, MealyMachine)]
    assert len(finite) > 20
    assert all(lengths[name] is None for name in finite)


@pytest.mark.parametrize("name", names())
def test_what_is_proved_is_the_network_beside_the_certificate(name: str) -> None:
    run = shipped_run(name)
    proofs, story = proofs_of(run), read_json(run.folder / STORY, FORMAT, VERSION)
    assert story["made_from"] == network_digest(run.network) == proofs.as_trained.digest
    if story["claim"] is None:
        assert proofs.changed is None
        assert story["reason"]
        return
    changed = proofs.changed
    assert changed is not None
    assert changed.problem == ""
    assert changed.claim is not None
    assert changed.claim.words == story["claim"]
    assert changed.claim.strength in (Strength.PROVED_FOR_ALL_LENGTHS, Strength.PROVED_TO_LENGTH)
    notes = changed.network.card.training
    assert (notes["made_from"], notes["change"]) == (story["made_from"], story["changed"])
    assert story["network"] == changed.digest != proofs.as_trained.digest
    if name not in SLOW:
        assert changed.certificate_path is not None
        statements = checked(run, changed.certificate_path, read_bytes(changed.network_path))
        assert [each.line for each in statements if not each.accepted] == []
