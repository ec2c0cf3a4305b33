"""What is proved of which network, in plain words."""

from __future__ import annotations

import re
from html import escape

from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.runs.proofs import Proof, Proofs, change_of, claim_as_trained
from mips_core.verification.claims import Claim, Strength
from mips_core.views.ladder import short_words
from mips_core.views.proof_states import cell_text
from mips_core.views.sequences import count_text

AS_TRAINED, CHANGED = "as trained", "changed for the proof"

HOW = {
    "grid": "Every hidden state that any sequence reaches was listed, and each input was tried at each of them.",
    "levels": "The hidden states that sequences of each length reach were listed, and each input was tried at them.",
    "lattice": "All hidden states are whole multiples of a few vectors; those that are reached were gone through.",
    "integers": "All weights are whole numbers, and no sum outgrows what the computer holds exactly.",
    "regions": "Regions around the hidden states were found, and every input leads from each region into another one.",
    "linear": "The effect of each input was followed in exact fractions, with a bound on what rounding can add.",
}
"""How a kind of certificate proves what it claims."""

_TRAINED = re.compile(r"trained on ([\d,]+) words")
_READOUT = re.compile(r"readout trained on ([\d,]+) hidden states")


def change_sentence(network: MlpNetwork | CellNetwork) -> str:
    """Say what was changed, from what the network does and what its card says."""
    noted, parts = change_of(network), []
    trained = _TRAINED.search(noted)
    if trained is not None:
        parts.append(f"trained further on {trained[1]} sequences on which it was wrong")
    if network.state_grid is not None:
        parts.append(f"hidden states are rounded to multiples of {cell_text(network.state_grid)} after every step")
    if "integer" in noted:
        parts.append("the weights were rounded to whole numbers in the lattice basis")
    readout = _READOUT.search(noted)
    if readout is not None:
        parts.append(f"the readout was trained further on {readout[1]} hidden states")
    if "readout replaced" in noted:
        parts.append("the readout was replaced by one score for each output, in the smallest whole numbers that fit")
    if not parts:
        return f"Changed: {noted}." if noted else "Its card does not say what was changed."
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


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
    own = claim_of(proofs.as_trained)
    if own is None:
        sentences.append(f"Nothing is known of the network **{AS_TRAINED}** yet.")
    elif own.strength >= Strength.PROVED_TO_LENGTH:
        sentences.append(f"The network **{AS_TRAINED}** gives what the machine gives: **{short_words(own)}**.")
    else:
        other = own.right if own.left == "network" else own.left
        sentences.append(f"The network **{AS_TRAINED}** against its {_named(other)}: **{short_words(own)}**.")
    return " ".join(sentences)


def headline_html(proofs: Proofs) -> str:
    """Return :func:`headline` as HTML."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(headline(proofs)))


def counterexample_sentence(proof: Proof) -> str:
    """Say on which sequence the network as trained is known to be wrong; "" where on none."""
    found = proof.counterexample
    if found is None:
        return ""
    short = ((proof.run.report.get("verification") or {}).get("network_vs_data") or {}).get("1x")
    steps = count_text(len(found.steps), "step")
    if short and short["agree"] == short["sequences"]:
        return f"Right on all {short['sequences']:,} random sequences, wrong on this one of {steps}."
    return f"Wrong on this sequence of {steps}."


def _named(other: str) -> str:
    return "task's rule" if other == "data" else other
