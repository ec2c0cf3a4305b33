"""``mips certify RUN`` makes a certificate; ``mips check-certificate`` checks one with the checker of its kind."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from mips_core.cli.close import NOT_PROVED, close_run
from mips_core.cli.common import end_progress, positive, print_json, seconds, terminal_progress
from mips_core.errors import BadInputError
from mips_core.files import read_bytes, write_bytes
from mips_core.networks import load_network
from mips_core.progress import Monitor
from mips_core.region_checker import Refused, read_others
from mips_core.resources import asset, shipped_network
from mips_core.runs import Run, find_run
from mips_core.runs.certifying import CertifiedRun, certificate_place, certify_run
from mips_core.runs.checking import MOST_BYTES, check_run, digests_of, home_of
from mips_core.verification.certificates.certify import DEFAULT_LENGTH, DEFAULT_SECONDS
from mips_core.verification.certificates.checking import checked_files, sentence_of


def add_parser(commands: Any) -> None:
    """Add both commands to the parser."""
    parser = commands.add_parser(
        "certify",
        description="Prove that a run's network, exactly as it is stored, gives what its machine and its program give. "
        "The proof is written as a file that mips check-certificate accepts. With --close a new network is made that "
        "can be proved: with integer weights, or with hidden states on a grid, trained further where needed. It "
        "goes into the folder of the run, beside the network as trained. Code 3 says that nothing was proved.",
    )
    parser.add_argument("source", metavar="RUN", help="a task (its shipped run), a run's id, or the folder of a run")
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="where to write the certificate (default: into the run's folder; for a run that ships, "
        "RUN.certificate.json)",
    )
    parser.add_argument("--close", action="store_true", help="make a network that can be proved, and prove that one")
    parser.add_argument(
        "--length", type=positive, default=DEFAULT_LENGTH, metavar="N",
        help=f"length to prove where no proof for all lengths is found (default: {DEFAULT_LENGTH:,})",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", type=seconds, default=DEFAULT_SECONDS,
        help=f"time for the search (default: {DEFAULT_SECONDS:.0f})",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)
    checker = commands.add_parser(
        "check-certificate",
        description="Check a certificate against a network and, where they are named, a machine or a program; or all "
        "certificates of a run, each with its own network. Code 3 says that something is refused.",
    )
    checker.add_argument("file", metavar="FILE|RUN", help="the certificate, or a run: a folder, a task or an id")
    checker.add_argument(
        "network", metavar="NETWORK", nargs="?", help="a task (its shipped network) or a .safetensors file of ours"
    )
    checker.add_argument(
        "other", metavar="OTHER", nargs="?",
        help="a machine.json, a program (.py), a run's folder, or a task (default: the certificate's own machine)",
    )  # fmt: skip
    checker.add_argument("--json", action="store_true", help="print one JSON object")
    checker.set_defaults(run=run_check)


def run(options: argparse.Namespace) -> int:
    """Certify, write and print; 0 with a certificate, 3 without one."""
    opened = find_run(options.source)
    if options.close:
        return close_run(opened, seconds=options.seconds, length=options.length, out=options.out, as_json=options.json)
    try:
        found = certify_run(
            opened,
            length=options.length,
            seconds=options.seconds,
            monitor=Monitor(terminal_progress()),
        )
    finally:
        end_progress()
    out = _place(opened, options.out)
    if found.data is not None:
        write_bytes(out, found.data)
    if options.json:
        path = None if found.data is None else str(out)
        print_json({"format": "mips-certified", "version": 1, "run": opened.id, "path": path, **found.to_dict()})
    else:
        print(describe(found, out, opened))
    return 0 if found.data is not None else NOT_PROVED


def _place(opened: Run, out: str | None) -> Path:
    """Return where the certificate of a run's own network goes; what ships is left alone."""
    if out is not None or opened.folder.parent == asset("runs"):
        return Path(out or f"{opened.file_name}.certificate.json")
    return certificate_place(opened)


def describe(found: CertifiedRun, out: Path, opened: Run) -> str:
    """Return the outcome as a person reads it in a terminal."""
    if found.data is None:
        tried = found.certification.tried or (found.certification.reason,)
        more = "With --close a network is made from this one that may be proved."
        return "\n".join([found.sentence, *(f"  {line}" for line in tried), more])
    lines = [f"{found.sentence}.", f"  {found.certification.reason}"]
    lines += [f"  {name} is not covered: {reason}" for name, reason in found.left.items()]
    lines.append(f"  {out}, {len(found.data):,} bytes, {found.certification.seconds:.1f} s")
    stored = out.parent == opened.folder
    files = (opened.folder,) if stored else (out, opened.network_file, opened.folder)
    lines.append(f"  To check it again: mips check-certificate {' '.join(shlex.quote(str(file)) for file in files)}")
    return "\n".join(lines)


def run_check(options: argparse.Namespace) -> int:
    """Check and print; 0 when everything is accepted, 3 when something is refused."""
    if options.network is None:
        return _check_run(options)
    certificate = read_bytes(options.file, limit=MOST_BYTES)
    shipped = shipped_network(options.network)
    network = read_bytes(shipped if shipped.is_file() else options.network, limit=MOST_BYTES)
    others = {} if options.other is None else _others(options.other)
    statements = checked_files(certificate, network, others)
    wrong = next((each for each in statements if not each.accepted), None)
    sentence = sentence_of(certificate, others, statements[0]) if wrong is None else wrong.sentence
    named = shipped if shipped.is_file() else Path(options.network)
    hint = "" if statements[0].accepted else _hint(certificate, named, options)
    if options.json:
        facts = {"accepted": wrong is None, "sentence": sentence, "statements": [s.to_dict() for s in statements]}
        facts |= {"hint": hint} if hint else {}
        print_json({"format": "mips-certificate-check", "version": 1, **facts})
    else:
        print(f"accepted: {sentence}." if wrong is None else f"refused: {sentence}.")
        print("\n".join(f"  {each.line}" for each in statements))
        print(hint or f"  network: {digests_of(network, load_network(named))}.")
    return 0 if wrong is None else NOT_PROVED


def _check_run(options: argparse.Namespace) -> int:
    if Path(options.file).is_file():
        raise BadInputError(f"The network that {options.file} is about must be named too; or name a run in its place.")
    opened = find_run(options.file)
    found = check_run(opened)
    accepted = all(each.accepted for each in found)
    if options.json:
        facts = {"run": opened.id, "accepted": accepted, "certificates": [each.to_dict() for each in found]}
        print_json({"format": "mips-certificate-check", "version": 1, **facts})
    else:
        for each in found:
            print(f"{each.heading}:")
            print("\n".join(f"  {statement.line}" for statement in each.statements))
            if each.digests:
                print(f"  network: {each.digests}.")
    return 0 if accepted else NOT_PROVED


def _hint(certificate: bytes, network: Path, options: argparse.Namespace) -> str:
    """Say which network near by a refused certificate is about, or "" where none is."""
    folders = [asset("runs", source) for source in (options.network, options.other) if source]
    folders += [Path(options.other or ""), network.parent, Path(options.file).parent]
    home = home_of(certificate, folders)
    if home is None or read_bytes(home) == read_bytes(network):  # the same network, whatever its file is called
        return ""
    path = shlex.quote(str(home))
    return f"  The certificate is about another network of that run: name {path} instead of {options.network}."


def _others(source: str) -> dict[str, bytes]:
    """Return the machine and the program of a shipped run or a folder, or the one file."""
    folder = asset("runs", source) if source else Path()
    other = folder if (folder / "report.json").is_file() else Path(source)
    if not other.exists():
        raise BadInputError(f"There is no {other}; a machine.json, a program (.py) or the folder of a run is needed.")
    try:
        return read_others(other)
    except Refused as error:
        raise BadInputError(f"{error}.") from None
