"""Make a certificate: try what may prove a network equal to its machine, and keep what the checker accepts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from mips_core.machines.integer_system import IntegerSystem
from mips_core.networks.cells import CellNetwork
from mips_core.networks.encoding import EmbeddingInput, Rounded
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import network_bytes
from mips_core.progress import Monitor, Progress, Stopwatch
from mips_core.region_checker import Refused, claim_of
from mips_core.region_checker.linear import linear
from mips_core.region_checker.network import Network as CheckedNetwork
from mips_core.region_checker.regions import regions
from mips_core.states.integer_weights import has_integer_weights
from mips_core.stepping import IntArray, Stepper
from mips_core.verification.certificates.affine import AffineSystem, affine_system
from mips_core.verification.certificates.certification import STAGE, Certification
from mips_core.verification.certificates.closing import covers
from mips_core.verification.certificates.cover import Cover
from mips_core.verification.certificates.grid import certify_grid
from mips_core.verification.certificates.integers import prove_integers
from mips_core.verification.certificates.levels import certify_levels
from mips_core.verification.certificates.orbits import point_regions
from mips_core.verification.certificates.packing import packed, sealed
from mips_core.verification.certificates.tables import Tables, tables_of
from mips_core.verification.certificates.zonotopes import StoredNetwork

DEFAULT_SECONDS = 120.0
DEFAULT_LENGTH = 1_000
_KEPT_MARGIN = 0.99
_FINE_PLACES = 40
_LARGEST = 64
_LONGEST = 10**7


def certify(
    network: MlpNetwork | CellNetwork,
    thing: Stepper,
    symbols: IntArray,
    *,
    remembered: tuple[str, ...] = (),
    length: int = DEFAULT_LENGTH,
    seconds: float = DEFAULT_SECONDS,
    seed: int = 0,
    monitor: Monitor | None = None,
) -> Certification:
    """Try to prove that a network gives what a machine or a program gives.

    Parameters
    ----------
    thing : a finite machine or an integer system
    symbols : every input symbol that may occur, int64 (X, D_in)
    remembered : variables that the program's text keeps from step to step
    length : sequence length to prove where no proof for all lengths is found
    """
    if network.state_grid is not None:
        return _on_grid(network, thing, symbols, remembered, length, seconds, monitor)
    return _Attempt(network, thing, symbols, remembered, length, seconds, seed, monitor or Monitor()).run()


def _on_grid(
    network: StoredNetwork,
    thing: Stepper,
    symbols: IntArray,
    remembered: tuple[str, ...],
    length: int,
    seconds: float,
    monitor: Monitor | None,
) -> Certification:
    """Follow a network with a state grid beside equations, which a counter has too, or beside a finite machine."""
    first: tuple[str, ...] = ()
    if isinstance(thing, IntegerSystem) and not thing.histories:
        found = certify_levels(
            network, thing, symbols, length=length, remembered=remembered, seconds=seconds, monitor=monitor
        )
        if found.certificate is not None:
            return found
        first = found.tried
    found = certify_grid(network, thing, symbols, remembered=remembered, seconds=seconds, monitor=monitor)
    return found if found.certificate is not None else replace(found, tried=(*first, *found.tried))


class _Attempt:
    def __init__(
        self,
        network: StoredNetwork,
        thing: Stepper,
        symbols: IntArray,
        remembered: tuple[str, ...],
        length: int,
        seconds: float,
        seed: int,
        monitor: Monitor,
    ) -> None:
        self.network, self.thing, self.symbols, self.remembered = network, thing, symbols, remembered
        self.length, self.seconds, self.monitor = length, seconds, monitor
        self.rng = np.random.default_rng([seed, 23])
        self.clock = Stopwatch()
        self.checked = CheckedNetwork(network_bytes(network))
        self.tried: list[str] = []

    def run(self) -> Certification:
        for way in (self._integers, self._linear, self._regions, self._slow_regions):
            found = way()
            if found is not None:
                return found
        return Certification(None, "; ".join(self.tried) or "nothing fits", None, self.clock.seconds, tuple(self.tried))

    def _sealed(self, kind: str, length: int | None, margin: float, how: str, facts: dict[str, Any]) -> Certification:
        whole = {
            "kind": kind,
            "network": self.checked.digest,
            "length": length,
            "margin": float(f"{_KEPT_MARGIN * margin:.6g}"),
            "symbols": packed(self.symbols, "<i8"),
            "remembered": list(self.remembered),
            **facts,
        }
        whole["claim"] = claim_of(length, self.symbols, self.checked.card)
        return Certification(sealed(whole), how, length, self.clock.seconds, tuple(self.tried))

    def _integers(self) -> Certification | None:
        network, system = self.network, self.thing
        if not isinstance(network, MlpNetwork) or not isinstance(system, IntegerSystem):
            return None
        if not has_integer_weights(network):
            return None
        self.monitor.progress(Progress(STAGE, "Following the network in exact integers"))
        found = prove_integers(
            network, system, self.symbols, length=self.length, rng=self.rng, remembered=self.remembered,
            monitor=self.monitor,
        )  # fmt: skip
        if isinstance(found, str):
            self.tried.append(found)
            return None
        return Certification(found.certificate, found.how, found.length, self.clock.seconds, tuple(self.tried))

    def _linear(self) -> Certification | None:
        network = self.network
        if not isinstance(network, MlpNetwork) or not isinstance(self.thing, IntegerSystem):
            return None
        if len(network.hidden) > 1 or len(network.readout_layers) > 1 or not isinstance(network.decoding, Rounded):
            return None
        system = (
            None if isinstance(network.encoding, EmbeddingInput) else affine_system(self.thing, self.symbols, self.rng)
        )
        if system is None:
            return None
        facts = {
            part: packed(values)
            for part, values in zip(
                ("F", "G", "H", "D", "start"),
                (system.forward, system.entry, system.reader, system.direct, system.start),
                strict=True,
            )
        }
        for length in self._lengths(facts, system):
            self.monitor.progress(Progress(STAGE, "Following the effect of single inputs in exact integers"))
            lags = 4 * (network.state_size + len(system.start)) + 8
            margin = self._accepted(linear, {**facts, "lags": lags}, length)
            if margin is not None:
                how = "effects of single inputs in exact integers"
                return self._sealed("linear", length, margin, how, {**facts, "lags": lags})
        return None

    def _lengths(self, facts: dict[str, Any], system: AffineSystem) -> Iterator[int | None]:
        """Yield lengths to try: all, the one asked for, and the longest that a bisection finds."""
        yield None
        yield self.length
        low, high = len(system.start) + 1, self.length
        while high - low > 1:
            middle = (low + high) // 2
            if self._accepted(linear, {**facts, "lags": 1}, middle) is None:
                high = middle
            else:
                low = middle
        yield low

    def _accepted(self, check: Any, facts: dict[str, Any], length: int | None) -> float | None:
        """Return the margin with which the checker accepts a proof, or None."""
        try:
            margin = float(check(facts, self.checked, self.symbols, length))
        except (Refused, ArithmeticError, ValueError) as error:
            self.tried.append(f"{check.__name__} ({'all lengths' if length is None else length}): {error}")
            return None
        if not margin > 0:
            self.tried.append(
                f"{check.__name__} ({'all lengths' if length is None else length}): errors reach one half"
            )
            return None
        return margin

    def _regions(self) -> Certification | None:
        tables = tables_of(self.thing, self.symbols)
        if tables is None:
            self.tried.append("regions: the machine has too many states")
            return None
        left = self.seconds - self.clock.seconds
        for name, cover in covers(
            self.network, tables, seconds=left, tried=self.tried, rng=self.rng, monitor=self.monitor
        ):
            found = self._proved(tables, cover, None, name)
            if found is not None:
                return found
        return None

    def _slow_regions(self) -> Certification | None:
        """Up to a length: regions around points, where differences neither grow much nor become smaller."""
        tables = tables_of(self.thing, self.symbols)
        if tables is None:
            return None
        best: Certification | None = None
        for axes, centres, states in point_regions(self.network, tables):
            scaled = np.rint(centres * 2.0**_FINE_PLACES).astype(np.int64)
            cover = Cover(axes, scaled, _FINE_PLACES, states, 1)
            low, high = 0 if best is None or best.length is None else best.length, _LONGEST
            while high - low > max(1, low // 100):
                middle = max(low + 1, int((max(low, 1) * high) ** 0.5))
                found = self._proved(tables, cover, middle, "points")
                low, high, best = (middle, high, found) if found is not None else (low, middle, best)
        return best

    def _proved(self, tables: Tables, cover: Cover, length: int | None, name: str) -> Certification | None:
        facts = {
            "next": packed(tables.following),
            "output": packed(tables.output),
            "states": packed(cover.states),
            "axes": packed(cover.axes, "<f8"),
            "centres": packed(cover.centres),
            "places": cover.places,
            "depth": min(_LARGEST, 2 * cover.depth),
        }
        self.monitor.progress(Progress(STAGE, f"Checking {len(cover.states):,} regions"))
        margin = self._accepted(regions, facts, length)
        if margin is None:
            return None
        how = f"{len(cover.states):,} regions, followed for at most {cover.depth} steps ({name})"
        return self._sealed("regions", length, margin, how, facts)
