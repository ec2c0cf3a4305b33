"""Verification: how far network, program and data agree, in words that say exactly what was checked.

``claims`` is the ladder of words, from "proved for all lengths" down to "differs".
``heldout`` draws the sequences that nothing was trained or chosen on,
``product`` proves a program equal to a finite machine, ``difference`` compares any two machines or programs.
``outputs`` runs things on a batch, ``compare`` counts and finds the first difference,
``shorten`` makes a counterexample shorter.  ``program`` puts these together for the
programs that we wrote ourselves, ``source`` for a text that anybody may have written,
which runs in the sandbox only (``verdict`` is what it says); ``edit`` does so within seconds for an edited program, and
``exact_walk`` proves it equal to a machine where it can.  ``facts`` keeps the three facts of a run apart,
``suspicious`` finds recorded outputs that only an error of the recording explains.
``compared`` runs data, network, machine and program on the same words: ``matrix`` counts who agrees with whom,
``lengths`` follows them to 100 times the trained length, ``failures`` groups the words on which any two part by their
``causes`` (evidence: ``memory``, ``drift``), and ``shrink`` makes such a word as small as it gets.
``hunt`` walks through hidden states for the shortest word on which a network differs, and ``certificates`` proves that
there is none, for all lengths or up to one; :mod:`mips_core.region_checker` checks such a proof.
Where a network rounds its hidden state to a grid, ``grid_walk`` goes through all grid states that it reaches, and
``float_errors`` bounds what differs between computers.  Where hidden states are integers, ``lattice_walk`` goes through
all that a machine reaches, ``readout_training`` trains a readout until it is right in all of them, and
``class_readout`` finds the smallest scores that choose right there.
"""

from mips_core.verification.claims import Claim, Strength
from mips_core.verification.compare import Agreement, Counterexample, compare
from mips_core.verification.outputs import Outputs, network_outputs, program_outputs
from mips_core.verification.product import ProductSearch, search_product
from mips_core.verification.program import Verification, verify_program
from mips_core.verification.source import verify_source
from mips_core.verification.suspicious import SuspiciousOutput
from mips_core.verification.verdict import Verdict

__all__ = [
    "Agreement",
    "Claim",
    "Counterexample",
    "Outputs",
    "ProductSearch",
    "Strength",
    "SuspiciousOutput",
    "Verdict",
    "Verification",
    "compare",
    "network_outputs",
    "program_outputs",
    "search_product",
    "verify_program",
    "verify_source",
]
