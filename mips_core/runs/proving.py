"""Prove a finished run: make a network from the run's whose outputs can be proved right, with its certificate.

A network that moves affinely is written with integer weights; of any other the set of hidden states is closed on a
grid.  The network as trained stays as it is; what is made here lies beside it; ``proof.json`` says how it came about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError, NoLatticeError
from mips_core.files import json_bytes, read_bytes, write_files
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import network_bytes, network_digest
from mips_core.progress import Monitor, Stopwatch
from mips_core.runs.closing import STAGE, Closing, GridNetwork, Round, close_network
from mips_core.runs.integer_proof import integer_network
from mips_core.runs.proofs import CERTIFICATE, CERTIFICATE_AS_TRAINED, PROVED_NETWORK, STORY, change_of
from mips_core.runs.run import Run
from mips_core.runs.symbols import symbols_of
from mips_core.stepping import Stepper
from mips_core.verification.certificates import certify
from mips_core.verification.certificates.certify import DEFAULT_LENGTH
from mips_core.verification.claims import Claim, Strength

DEFAULT_SECONDS = 60.0
FORMAT, VERSION = "mips-proof", 1


@dataclass(frozen=True, eq=False)
class ProvedRun:
    """What came of an attempt to prove a run.

    Parameters
    ----------
    run : whose network it was made from
    network : the network that is proved, a new one, or the run's where that is one made for a proof already; None
        where nothing is proved
    certificate : JSON values, or None
    changed : what was changed, as its card says; "" where the network of the run is proved as it is
    reason : how the proof goes, or why there is none
    rounds : of closing the set of hidden states
    seconds : time spent
    """

    run: Run
    network: GridNetwork | None
    certificate: Mapping[str, Any] | None
    changed: str
    reason: str
    rounds: tuple[Round, ...]
    seconds: float

    @property
    def claim(self) -> Claim | None:
        """What is proved, on the ladder of claims."""
        if self.certificate is None:
            return None
        everything = self.certificate["length"] is None
        strength = Strength.PROVED_FOR_ALL_LENGTHS if everything else Strength.PROVED_TO_LENGTH
        return Claim(strength, "network", "machine", str(self.certificate["claim"]))

    @property
    def sentence(self) -> str:
        """The outcome for a person."""
        if self.claim is None:
            return f"Nothing is proved: {self.reason}"
        if not self.changed:
            return f"The network of this run, as it is, is {self.claim.words}."
        return f"A network changed for the proof ({self.changed}) is {self.claim.words}."

    def to_dict(self) -> dict[str, Any]:
        """Return the content of :data:`STORY`."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "made_from": network_digest(self.run.network),
            "network": None if self.network is None else network_digest(self.network),
            "claim": None if self.claim is None else self.claim.words,
            "length": None if self.certificate is None else self.certificate["length"],
            "kind": None if self.certificate is None else self.certificate["kind"],
            "changed": self.changed,
            "reason": self.reason,
            "rounds": [each.to_dict() for each in self.rounds],
            "seconds": round(self.seconds, 2),
        }

    @property
    def files(self) -> dict[str, bytes]:
        """The files that a proof adds to a run's folder, by name."""
        made = {}
        if self.network is not None and self.certificate is not None:
            certificate = json_bytes(self.certificate, compact=True)
            made = {PROVED_NETWORK: network_bytes(self.network)} if self.changed else {}
            made[CERTIFICATE] = certificate
        return {**made, STORY: json_bytes(self.to_dict())}


def prove_run(
    run: Run,
    *,
    seconds: float = DEFAULT_SECONDS,
    length: int = DEFAULT_LENGTH,
    seed: int = 0,
    monitor: Monitor | None = None,
    on_round: Callable[[Round], None] | None = None,
) -> ProvedRun:
    """Make a network that is proved to give what the run's machine gives; for all lengths where that is possible.

    Parameters
    ----------
    seconds : time for closing the set of hidden states
    length : sequence length to prove where no proof for all lengths is found
    seed : of training
    on_round : called after each round of closing
    """
    return _Prover(run, seconds, length, seed, monitor or Monitor(), on_round).run_all()


def add_proof(folder: Path, proved: ProvedRun) -> None:
    """Write what was proved into the folder of a run; see :func:`add_files`."""
    add_files(folder, proved.files)


def add_files(folder: Path, made: Mapping[str, bytes]) -> None:
    """Write the files of a proof into the folder of a run, in the place of what an earlier attempt made.

    A certificate of the network as trained is kept.

    Parameters
    ----------
    made : as :attr:`ProvedRun.files` gives them

    Raises
    ------
    BadInputError
        when the folder cannot be written.
    """
    files, earlier = dict(made), folder / CERTIFICATE
    if (folder / PROVED_NETWORK).is_file():
        write_files(folder, files, [name for name in (PROVED_NETWORK, CERTIFICATE) if name not in files])
        return
    if earlier.is_file() and PROVED_NETWORK in files:  # of the network as trained: the name belongs to the new one
        files = {CERTIFICATE_AS_TRAINED: read_bytes(earlier), **files}
    write_files(folder, files)


class _Prover:
    def __init__(
        self,
        run: Run,
        seconds: float,
        length: int,
        seed: int,
        monitor: Monitor,
        on_round: Callable[[Round], None] | None,
    ) -> None:
        self.run, self.seconds, self.length, self.seed = run, seconds, length, seed
        self.monitor, self.on_round, self.clock = monitor, on_round, Stopwatch()

    def run_all(self) -> ProvedRun:
        run, network = self.run, self.run.network
        thing = run.machine if run.machine is not None or run.program is None else run.program.system
        if thing is None:
            return self._nothing("The run has neither a machine nor a program to compare its network with.")
        if not isinstance(network, MlpNetwork | CellNetwork):
            return self._nothing(f"A {type(network).__name__} cannot be changed for a proof.")
        if change_of(network):  # made for a proof already; changing it again would only repeat that
            found = self._as_it_is(network, thing)
            if found is not None:
                return found
        reasons = []
        if isinstance(network, MlpNetwork) and network.is_transition_affine:
            exact = self._with_integers()
            if isinstance(exact, ProvedRun):
                return exact
            reasons.append(exact)
        closed = self._closed(network, thing)
        if isinstance(closed, ProvedRun):
            return closed
        return self._nothing(" ".join([*reasons, closed]))

    def _as_it_is(self, network: GridNetwork, thing: Stepper) -> ProvedRun | None:
        try:
            symbols = symbols_of(self.run)
        except BadInputError:
            return None  # said by the attempt to change it
        found = certify(
            network, thing, symbols, remembered=_remembered(self.run), length=self.length, seconds=self.seconds,
            monitor=self.monitor,
        )  # fmt: skip
        if found.certificate is None:
            return None
        return ProvedRun(self.run, network, found.certificate, "", found.reason, (), self.clock.seconds)

    def _with_integers(self) -> ProvedRun | str:
        try:
            made = integer_network(self.run, length=self.length, monitor=self.monitor)
        except (NoLatticeError, BadInputError) as error:
            return str(error)
        if isinstance(made.proof, str):
            return f"With integer weights: {made.proof}."
        changed = str(made.network.card.training["change"])
        return ProvedRun(
            self.run, made.network, made.proof.certificate, changed, made.proof.how, (), self.clock.seconds
        )

    def _closed(self, network: GridNetwork, thing: Stepper) -> ProvedRun | str:
        try:
            symbols = symbols_of(self.run)
        except BadInputError as error:
            return str(error)
        self.monitor.report(STAGE, "Closing the set of hidden states")
        closing: Closing = close_network(
            network, thing, symbols, seconds=self.seconds, seed=self.seed, monitor=self.monitor, on_round=self.on_round
        )
        if closing.network is None:
            return self._nothing(closing.reason, closing.rounds) if closing.rounds else closing.reason
        found = certify(closing.network, thing, symbols, remembered=_remembered(self.run), monitor=self.monitor)
        if found.certificate is None:
            return self._nothing(found.reason, closing.rounds)
        return ProvedRun(
            self.run, closing.network, found.certificate, closing.changed, found.reason, closing.rounds,
            self.clock.seconds,
        )  # fmt: skip

    def _nothing(self, reason: str, rounds: tuple[Round, ...] = ()) -> ProvedRun:
        return ProvedRun(self.run, None, None, "", reason, rounds, self.clock.seconds)


def _remembered(run: Run) -> tuple[str, ...]:
    return () if run.program is None else tuple(variable.name for variable in run.program.system.state)
