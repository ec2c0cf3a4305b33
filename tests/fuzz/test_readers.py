"""Every reader of files and texts from outside: mutated input is read, or refused in a sentence of ours.

About a hundred thousand inputs, each drawn from a seed that a failing test names.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from mutations import json_text_mutator, mutated_bytes, mutated_json, mutated_text

from mips_core.benchmarks.mutants_numbers import certificate_edit
from mips_core.errors import MipsError
from mips_core.expressions.parse import parse_expression
from mips_core.machines.dot_machine import read_dot, to_dot
from mips_core.machines.records import machine_from_dict
from mips_core.networks.archives import parse_tensors
from mips_core.networks.card import Card
from mips_core.networks.importers import network_of_tensors
from mips_core.programs import subset
from mips_core.programs.parse import parse_program
from mips_core.programs.sandbox import decode_source
from mips_core.region_checker import Refused, check, read_others, seal
from mips_core.resources import asset, shipped_network
from mips_core.runs import shipped_run
from mips_core.runs.certifying import certify_run
from mips_core.runs.information import RunInformation
from mips_core.runs.proofs import CERTIFICATE, HUNT, PROVED_NETWORK, STORY, proofs_of
from mips_core.runs.run import load_run
from mips_core.tasks import Integers, dataset_from_bytes
from mips_core.verification.certificates.checking import checked_files
from mips_core.verification.certificates.packing import sealed
from mips_core.views.batch import read_batch
from mips_core.views.gallery import card
from mips_core.views.link_text import pack_text, unpack_text
from mips_core.views.sequences import parse_sequence

Mutator = Callable[[bytes, np.random.Generator], bytes]


@dataclass(frozen=True)
class Target:
    """A reader, what it is begun from, and how many mutations of that it must put up with."""

    read: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    count: int
    mutate: Mutator


def texts(data: bytes, rng: np.random.Generator) -> bytes:
    return mutated_text(data.decode("utf-8", "replace"), rng).encode("utf-8", "surrogatepass")


def values(data: bytes, rng: np.random.Generator) -> bytes:
    return json_text_mutator(data.decode())(data, rng)


def example(name: str) -> Callable[[], list[bytes]]:
    return lambda: [asset("examples", name).read_bytes()]


def of_runs(file: str, *names: str) -> Callable[[], list[bytes]]:
    return lambda: [(shipped_run(name).folder / file).read_bytes() for name in names]


def head(data: bytes, lines: int) -> bytes:
    return b"\n".join(data.split(b"\n")[:lines])


def network(name: str) -> Callable[[bytes], object]:
    return lambda data: network_of_tensors(parse_tensors(data, name))


def from_json(read: Callable[[object], object]) -> Callable[[bytes], object]:
    """Read a JSON value as our files are read: text that is no JSON is refused before."""

    def decoded(data: bytes) -> object:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return None
        return read(value)

    return decoded


def allowed(data: bytes) -> object:
    try:
        return subset.checked(decode_source(data))
    except subset.Refusal:
        return None


@cache
def folder_of(name: str) -> Path:
    return shipped_run(name).folder


def stored_run(data: bytes) -> object:
    """Read a run of which the report is this, as the gallery does, which shows a damaged one as such."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("program.py", "machine.json"):
            shutil.copyfile(folder_of("Parity_All") / name, Path(folder) / name)
        (Path(folder) / "report.json").write_bytes(data)
        return card(load_run(folder))


def certificates() -> list[bytes]:
    """Prove two runs: one by regions of hidden states, one by exact integers."""
    found = [certify_run(shipped_run(name)).data for name in CERTIFIED]
    return [data for data in found if data is not None]


def certificate(data: bytes) -> object:
    """Check a certificate whose seal fits whatever it holds, against one of two networks and its parts."""
    try:
        value = json.loads(data)
        data = json.dumps({**value, "seal": seal(value)}).encode() if isinstance(value, dict) else data
    except (ValueError, RecursionError):
        pass
    network, others = certified()[len(data) % 2]
    with contextlib.suppress(Refused):
        check(data, network, others)
    return None


@cache
def certified() -> list[tuple[bytes, dict[str, bytes]]]:
    return [(shipped_network(name).read_bytes(), read_others(shipped_run(name).folder)) for name in CERTIFIED]


def shipped_certificates() -> list[bytes]:
    """Certificates that the small checkers read, one of each kind: a closed set, integers, a lattice."""
    return [(shipped_run(name).folder / CERTIFICATE).read_bytes() for name in SHIPPED]


def certificate_numbers(data: bytes, rng: np.random.Generator) -> bytes:
    """Change values of a certificate, or numbers in its packed arrays, or what says how they are packed."""
    kind = int(rng.integers(0, 3))
    if kind == 0:
        return certificate_edit(data, "c", rng).data
    value = json.loads(data)
    packed = [key for key, part in value.items() if isinstance(part, dict) and "data" in part]
    if kind == 1 or not packed:
        return values(data, rng)
    key = str(rng.choice(packed))
    return json.dumps({**value, key: mutated_json(value[key], rng)}).encode()


def shipped_certificate(data: bytes) -> object:
    """Check a certificate whose seal fits whatever it holds, and read what a page says of it before."""
    with contextlib.suppress(ValueError, RecursionError, TypeError):
        data = json.dumps(sealed(json.loads(data))).encode()
    folder = folder_of(SHIPPED[len(data) % len(SHIPPED)])
    checked_files(data, *beside(folder))
    return stored_proof(CERTIFICATE, data) if len(data) % 4 == 0 else None


@cache
def beside(folder: Path) -> tuple[bytes, dict[str, bytes]]:
    return (folder / PROVED_NETWORK).read_bytes(), read_others(folder)


def stored_proof(name: str, data: bytes) -> object:
    """Read what lies beside a run about its proofs, of which one file is this."""
    with tempfile.TemporaryDirectory() as place:
        folder, original = Path(place), folder_of(SHIPPED[0])
        for file in ("program.py", "machine.json", "report.json", PROVED_NETWORK, CERTIFICATE):
            shutil.copyfile(original / file, folder / file)
        (folder / name).write_bytes(data)
        proofs = proofs_of(load_run(folder))
        said = [(proof.problem, proof.problem or proof.claim) for proof in proofs.both]
        return said, proofs.story, proofs.as_trained.counterexample


def network_header(data: bytes, rng: np.random.Generator) -> bytes:
    """Change the header of a safetensors file, or the card in it: types, shapes, places, sizes, the state grid."""
    begin = 8 + int.from_bytes(data[:8], "little")
    header, body = json.loads(data[8:begin]), data[begin:]
    if rng.integers(0, 2):
        card = mutated_json(json.loads(header["__metadata__"]["card"]), rng)
        header["__metadata__"]["card"] = json.dumps(card)
    else:
        header = mutated_json(header, rng)
    text = json.dumps(header).encode("utf-8", "surrogatepass")
    size = len(text) if rng.integers(0, 20) else (0, 1, 2**31, 2**63, 2**64 - 1)[int(rng.integers(0, 5))]
    return size.to_bytes(8, "little") + text + body


def of_proofs(file: str, *names: str) -> Callable[[], list[bytes]]:
    return lambda: [(shipped_run(name).folder / file).read_bytes() for name in names]


CERTIFIED = ("Bitwise_Xor", "Prev1")
SHIPPED = ("Parity_All", "Bitwise_Not", "Abs_Current")
HUNTED = {
    "format": "mips-hunt", "version": 1, "run": "Parity_All", "against": "data", "claim": "c", "word": [[1], [0]],
    "length": 2, "closed": False, "covered": 1, "states": 3, "words": 4, "longest": 2, "grids": [4], "seconds": 0.1,
    "network": "0123456789abcdef",
}  # fmt: skip
BIT = (Integers(0, 2),)
INFORMATION = {
    "format": "mips-run", "version": 1, "name": "mine", "made": "2026-01-31T12:00:00+00:00", "pinned": False,
    "origin": {"task": "Parity_All", "data_file": None, "network_file": None}, "mips_version": "0.1.0", "seed": 3,
    "method": "symbolic", "route": None,
}  # fmt: skip

TARGETS = {
    "network.safetensors": Target(
        network("a.safetensors"), lambda: [shipped_network(n).read_bytes() for n in ("Not", "Div_3", "Sum_All")
                                           if shipped_network(n).exists()], 9_000, mutated_bytes,
    ),
    "network.npz": Target(network("a.npz"), example("rnn_same_as_before.npz"), 3_000, mutated_bytes),
    "network.pt": Target(network("a.pt"), example("gru_ones_modulo_3.pt"), 3_000, mutated_bytes),
    "data.csv": Target(
        lambda data: dataset_from_bytes(data, "a.csv"), lambda: [head(example("turnstile.csv")()[0], 12)], 6_000, texts
    ),
    "data.npz": Target(
        lambda data: dataset_from_bytes(data, "a.npz"), example("odd_meetings.npz"), 2_000, mutated_bytes
    ),
    "machine.json": Target(
        from_json(machine_from_dict), of_runs("machine.json", "Parity_Last3", "Sum_All", "Bit_Palindrome"), 12_000,
        values,
    ),
    "machine.dot": Target(
        lambda data: read_dot(data.decode("utf-8", "replace")),
        lambda: [to_dot(shipped_run(n).machine).encode() for n in ("Parity_Last3", "Div_7")], 8_000, texts,
    ),
    "program": Target(
        lambda data: parse_program(data.decode("utf-8", "replace")),
        of_runs("program.py", "Parity_All", "Div_7", "Dithering", "Bit_Palindrome", "Sum_All"), 12_000, texts,
    ),
    "sandbox": Target(allowed, of_runs("program.py", "Parity_All", "Dithering", "Bit_Palindrome"), 12_000, texts),
    "expression": Target(
        lambda data: parse_expression(data.decode("utf-8", "replace")),
        lambda: [b"(x1 + 2 * s) % 7 if s < max(x1, 3) else abs(x2) // 2"], 8_000, texts,
    ),
    "sequence": Target(
        lambda data: parse_sequence(data.decode("utf-8", "replace"), BIT), lambda: [b"1 0 1 1 0", b""], 8_000, texts
    ),
    "batch": Target(
        lambda data: read_batch(data.decode("utf-8", "replace"), BIT), lambda: [b"1 0 1\n0 0\n1"], 4_000, texts
    ),
    "link": Target(
        lambda data: unpack_text(data.decode("utf-8", "replace")),
        lambda: [(pack_text("def f(xs):\n    return xs\n") or "").encode()], 6_000, mutated_bytes,
    ),
    "card": Target(
        from_json(Card.from_dict), lambda: [json.dumps(shipped_run("Div_3").network.card.to_dict()).encode()], 5_000,
        values,
    ),
    "information": Target(
        from_json(lambda value: RunInformation.from_dict(value, "run.json")),
        lambda: [json.dumps(INFORMATION).encode()], 4_000, values,
    ),
    "certificate": Target(certificate, certificates, 1_000, values),
    "shipped certificate": Target(shipped_certificate, shipped_certificates, 2_000, certificate_numbers),
    "network header": Target(
        network("a.safetensors"), of_proofs(PROVED_NETWORK, "Parity_All", "Bitwise_Not", "Div_7"), 5_000, network_header
    ),
    "proof.json, hunt.json": Target(
        lambda data: stored_proof(HUNT if b"grids" in data else STORY, data),
        lambda: [*of_proofs(STORY, "Parity_All")(), json.dumps(HUNTED).encode()], 1_000, values,
    ),
    "report.json": Target(stored_run, of_runs("report.json", "Parity_All", "Sum_All", "parcel_locker"), 4_000, values),
}  # fmt: skip
BLOCK = 1_000
"""Inputs of one test, so that two workers share the work."""

BLOCKS = [(name, start) for name, target in TARGETS.items() for start in range(0, target.count, BLOCK)]


@cache
def seeds_of(name: str) -> list[bytes]:
    return TARGETS[name].seeds()


@pytest.mark.parametrize(("name", "start"), BLOCKS, ids=lambda value: str(value))
def test_mutated_input_is_read_or_refused_in_a_sentence(name: str, start: int) -> None:
    target, seeds = TARGETS[name], seeds_of(name)
    for number in range(start, start + BLOCK):
        rng = np.random.default_rng([number, 20])
        data = target.mutate(seeds[number % len(seeds)], rng)
        sentence = refusal(target.read, data, f"{name}, input {number}")
        assert sentence is None or sentence.strip(), f"{name}, input {number}: an empty sentence"


def refusal(read: Callable[[bytes], object], data: bytes, where: str) -> str | None:
    """Return the sentence by which an input was refused, or None where it was read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            read(data)
    except MipsError as error:
        return str(error)
    except Exception as error:
        raise AssertionError(f"{where}: {type(error).__name__}: {error} from {data[:300]!r}") from error
    return None
