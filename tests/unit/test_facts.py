"""The three facts of a run stay apart, and say no more than their claims."""

from __future__ import annotations

from mips_core.verification import Claim, Strength
from mips_core.verification.facts import three_facts

HELD_OUT, DIFFERS = Strength.AGREES_ON_HELD_OUT, Strength.DIFFERS


def test_each_fact_has_its_own_claims() -> None:
    claims = [
        Claim(HELD_OUT, "program", "network", "agrees on 7 words"),
        Claim(HELD_OUT, "program", "data", "agrees on 5 rows"),
        Claim(DIFFERS, "network", "data", "differs on 2 of 5 rows"),
        Claim(DIFFERS, "program", "data", "differs on 1 of 9 rows"),
    ]
    data, network, machine = three_facts(claims, 50)
    assert (data.name, data.holds) == ("program = data", False)
    assert data.words == "differs on 1 of 9 rows; agrees on 5 rows"
    assert (network.name, network.holds) == ("program = network", True)
    assert network.words == "agrees on 7 words; no difference was found to length 50"
    assert (machine.name, machine.holds) == ("network = machine", None)
    assert machine.words.startswith("not known")


def test_agreement_of_network_and_machine_is_no_proof_unless_it_was_proved() -> None:
    seen = Claim(HELD_OUT, "network", "machine", "agrees on 7 words")
    assert three_facts([seen], None)[2].words == "agrees on 7 words; no proof for other sequences"
    proved = Claim(Strength.PROVED_FOR_ALL_LENGTHS, "network", "machine", "proved for all lengths")
    assert "no proof" not in three_facts([seen, proved], None)[2].words


def test_without_a_program_it_is_the_program_that_is_missing_not_the_data() -> None:
    data, network, _ = three_facts([Claim(DIFFERS, "network", "data", "differs on 2 of 5 rows")], None)
    assert data.words == network.words == "not known: no program was found"
    program = Claim(HELD_OUT, "program", "network", "agrees on 7 words")
    assert three_facts([program], 50)[0].words == "not known: no data to compare with"


def test_without_anything_nothing_is_known() -> None:
    for fact in three_facts([], None):
        assert fact.holds is None
        assert fact.to_dict() == {"fact": fact.name, "holds": None, "words": fact.words}
        assert fact.words.startswith("not known")
