"""What is proved of which network, in plain words."""

from __future__ import annotations

import re
from html import escape

from mips_core.errors import MipsError
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.runs.proofs import NOT_SAID, Proof, Proofs, change_of, claim_as_trained
from mips_core.verification.claims import Claim, Strength
from mips_core.views.ladder import short_words
from mips_core.views.proof_states import cell_text
from mips_core.views.sequences import count_text

AS_TRAINED, OF_THIS_RUN, CHANGED = "as trained", "of this run", "changed for the proof"

HOW = {
    "grid": "Every hidden state that any sequence reaches was listed, and each input was tried at each of them.",
    "levels": "The hidden states that sequences of each length reach were listed, and each input was tried at them.",
    "lattice": "All hidden states are whole multiples of a few vectors; those that are reached were gone through.",
    "integers": "All weights are whole numbers, and no sum outgrows what the computer holds exactly.",
    "regions": "Regions around the hidden states were found, and every input leads from each region into another one.",
    "linear": "The effect of each input was followed in exact fractions, with a bound on what rounding can add.",
}
"""How a kind of certificate proves what it claims."""

_GRID = re.compile(r"state grid 2\^(-?\d+)")


def name_of(proof: Proof) -> str:
    """Return which network of its run this is, to say behind "the network".

    The one that was distilled is called as trained only where its card does not say that it was changed for a proof.
    """
    if proof.is_changed:
        return CHANGED
    try:
        return OF_THIS_RUN if change_of(proof.network) else AS_TRAINED
    except MipsError:
        return OF_THIS_RUN


def change_sentence(network: MlpNetwork | CellNetwork) -> str:
    """Say what was changed, from what the network does and what its card says."""
    noted = change_of(network)
    parts = [_change(part) for part in noted.split(", ") if part]
    if network.state_grid is not None and _GRID.search(noted) is None:
        parts.append(_rounded(network.state_grid))
    if not noted or noted == NOT_SAID:
        return "Its card does not say what was changed."
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _change(part: str) -> str:
    """Say one part of what a card notes in a few words.

    >>> _change("readout trained on 2,428 hidden states"), _change("trained on 9 words found wrong")
    ('the readout was trained on 2,428 hidden states', 'trained further on 9 words found wrong')
    """
    grid = _GRID.fullmatch(part)
    if grid is not None:
        return _rounded(-int(grid[1]))
    if part == "integer weights":
        return "the weights were rounded to whole numbers in the lattice basis"
    if part.startswith("trained on "):
        return f"trained further on {part.removeprefix('trained on ')}"
    if part.startswith("readout "):
        return f"the readout was {part.removeprefix('readout ')}"
    return part


def _rounded(places: int) -> str:
    return f"hidden states are rounded to multiples of {cell_text(places)} after every step"


def claim_of(proof: Proof) -> Claim | None:
    """Return the claim of one network; None where nothing is known, or where its certificate cannot be read."""
    if proof.is_changed:
        return None if proof.problem else proof.claim
    return claim_as_trained(Proofs(proof, None))


def headline(proofs: Proofs) -> str:
    """Say in one sentence or two what is known of which network, as Markdown."""
    sentences = []
    changed = proofs.changed
    if changed is not None:
        found = claim_of(changed)
        sentences.append(
            f"The network **{CHANGED}** gives what the machine gives: **{short_words(found)}**."
            if found is not None
            else f"Nothing is proved of the network **{CHANGED}**."
        )
    own, name = claim_of(proofs.as_trained), name_of(proofs.as_trained)
    if own is None:
        sentences.append(f"Nothing is known of the network **{name}** yet.")
    elif own.strength >= Strength.PROVED_TO_LENGTH:
        sentences.append(f"The network **{name}** gives what the machine gives: **{short_words(own)}**.")
    else:
        other = own.right if own.left == "network" else own.left
        sentences.append(f"The network **{name}** against its {_named(other)}: **{short_words(own)}**.")
    return " ".join(sentences)


def headline_html(proofs: Proofs) -> str:
    """Return :func:`headline` as HTML."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(headline(proofs)))


def counterexample_sentence(proof: Proof) -> str:
    """Say on which sequence a network is known to be wrong; "" where on none."""
    found = proof.counterexample
    if found is None:
        return ""
    if proof.is_changed:
        return f"Beyond what is proved, it is wrong on this sequence of {count_text(len(found.steps), 'step')}."
    short = ((proof.run.report.get("verification") or {}).get("network_vs_data") or {}).get("1x")
    steps = count_text(len(found.steps), "step")
    if short and short["agree"] == short["sequences"]:
        return f"Right on all {short['sequences']:,} random sequences, wrong on this one of {steps}."
    return f"Wrong on this sequence of {steps}."


def _named(other: str) -> str:
    return "task's rule" if other == "data" else other
