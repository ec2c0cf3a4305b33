"""The larger checker of certificates: for networks as they were trained, which were not changed for a proof.

It follows whole sets of hidden states, since such a network visits infinitely many.  It imports nothing of the prover,
which is all else of the package.  The prover does import this checker: ``verification/certificates/certify.py`` calls
``regions`` and ``linear`` to see what is accepted and with which margin, and takes the words of the claim from
``claim_of``.  So prover and checker share what stands here, and an error here is not found by the prover.

``files`` reads JSON and packed numbers; ``reading`` takes a program apart.  ``network`` reads a network file and moves
``sets`` of hidden states.  ``regions`` and ``linear`` check that the network gives what a finite machine, or an affine
system of integers, gives; both stand in the certificate.  ``machine`` checks that a machine.json or a program is that
one; ``cases`` that one does the same as another one, also for the certificates of the small checkers.
"""

from __future__ import annotations

import hashlib
import json
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from mips_core.region_checker.cases import same_steps
from mips_core.region_checker.files import malformed, read_json, short, unpack_integers
from mips_core.region_checker.linear import linear
from mips_core.region_checker.machine import Steps, check_steps, plain
from mips_core.region_checker.network import Network
from mips_core.region_checker.regions import regions
from mips_core.region_checker.sets import Refused, need

__all__ = ["Refused", "check", "check_other", "claim_of", "read_others", "seal"]

MOST_BYTES = 64 * 2**20
_MALFORMED = (
    ArithmeticError, AttributeError, LookupError, MemoryError, NameError, RecursionError, SyntaxError, TypeError,
    ValueError, zlib.error,
)  # fmt: skip


def seal(certificate: dict[str, Any]) -> str:
    """Return the digest of everything in a certificate but its seal."""
    rest = {key: value for key, value in certificate.items() if key != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, allow_nan=False).encode()).hexdigest()


def check(certificate: bytes, network: bytes, others: dict[str, bytes]) -> str:
    """Check a certificate file; return the sentence that is proved.

    Parameters
    ----------
    certificate, network : contents of the files
    others : contents by name of the machine.json or program (.py) files that must be what was proved

    Raises
    ------
    Refused
        naming the first thing that fails.
    """
    try:
        with np.errstate(all="ignore"):
            value = read_json(certificate, "the certificate")
            need(isinstance(value, dict) and value.get("format") == "mips-certificate", "this is no certificate")
            version = value["version"]
            need(type(version) is int and version == 1, f"certificates of version {short(version)} are not known")
            need(value["seal"] == seal(value), "the certificate was changed: its seal does not fit")
            claim = check_network(value, network)
            need(
                value["claim"] == claim, f"the certificate claims {short(value['claim'])!r}; its proof shows {claim!r}"
            )
            for name, data in others.items():
                check_steps(value, Network(network).card, data, name)
    except _MALFORMED as error:
        raise Refused(f"something is malformed: {malformed(error)}") from None
    files = " and ".join(others) or "machine of the certificate"
    return f"{files} against network (content digest {value['network'][:16]}): {claim}"


def check_other(certificate: bytes, card: dict[str, Any], data: bytes, name: str) -> str:
    """Check that a machine.json or a program (.py) does what the certificate's machine does; return how that was shown.

    Parameters
    ----------
    certificate : of any kind; whether its proof holds is not looked at
    card : of the network
    data, name : the file

    Raises
    ------
    Refused
        naming the first thing that fails.
    """
    try:
        with np.errstate(all="ignore"):
            value = read_json(certificate, "the certificate")
            need(isinstance(value, dict), "this is no certificate")
            if "machine" not in value:
                check_steps(value, card, data, name)
                return "the same outputs on sequences of every length"
            machine = Steps(json.dumps(value["machine"]).encode(), "machine.json", [])
            inputs, outputs = (card.get(f"{side}_words") for side in ("input", "output"))
            symbols = [(tuple(symbol), plain(symbol, inputs)) for symbol in unpack_integers(value, "symbols").tolist()]
            other = Steps(data, name, value.get("remembered"))
            return same_steps(machine, other, symbols, lambda y: plain(list(y), outputs))
    except _MALFORMED as error:
        raise Refused(f"something is malformed: {malformed(error)}") from None


def read_others(path: Path) -> dict[str, bytes]:
    """Return the machine and the program of a run's folder, or the one file."""
    files = [path / n for n in ("machine.json", "program.py") if (path / n).is_file()] if path.is_dir() else [path]
    need(files, f"{path} holds neither machine.json nor program.py")
    for file in files:
        need(file.is_file(), f"{file} is no file")
        need(file.stat().st_size <= MOST_BYTES, f"{file} has more than {MOST_BYTES:,} bytes")
    return {file.name: file.read_bytes() for file in files}


def check_network(certificate: dict[str, Any], data: bytes) -> str:
    """Check a certificate against the bytes of a network file; return what is proved."""
    network, kind = Network(data), certificate["kind"]
    need(network.digest == certificate["network"], "the network is not the one that was proved: its digest is another")
    need(kind in ("regions", "linear"), f"the kind {short(kind)!r} is not known")
    symbols = unpack_integers(certificate, "symbols")
    count = len({*map(tuple, symbols.tolist())})
    need(symbols.ndim == 2 and 0 < count == len(symbols), "the input symbols are not distinct rows")
    length = certificate["length"]
    need(length is None or (type(length) is int and length >= 1), "the length is no whole number")
    margin = (regions if kind == "regions" else linear)(certificate, network, symbols, length)
    said = certificate["margin"]
    need(type(said) in (int, float), f"the margin is {short(said)}, which is no number")
    need(margin >= said > 0, f"the margin is {margin:.3g} and not {said:.3g}")
    return claim_of(length, symbols, network.card)


def claim_of(length: int | None, symbols: np.ndarray, card: dict[str, Any]) -> str:
    """Return the claim for sequences of distinct ``symbols`` (X, D_in) up to a length, or of all lengths for None."""
    ranges = card.get("inputs") or [[1, 0]] * symbols.shape[1]
    known = all(low <= x < high for column, (low, high) in zip(symbols.T.tolist(), ranges, strict=True) for x in column)
    every = known and len(symbols) == math.prod(high - low for low, high in ranges)
    of = f"{'all' if every else 'only'} {len(symbols):,} input symbols"
    return f"proved for all lengths, {of}" if length is None else f"proved up to length {length:,}, {of}"
