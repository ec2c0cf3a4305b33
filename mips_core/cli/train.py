"""``mips train``: train networks for benchmark tasks or for data files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Any

from mips_core.cli.close import prove_trained
from mips_core.cli.common import (
    end_progress,
    output_folder,
    positive,
    print_json,
    require,
    seconds,
    terminal_progress,
    whole,
)
from mips_core.errors import UnknownTaskError
from mips_core.progress import Monitor
from mips_core.tasks import Dataset, Task, get, is_dataset_file, names, read_dataset

NOT_TRAINED = 3


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("train")
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="task names or data files")
    parser.add_argument("--all", action="store_true", help="every benchmark task")
    parser.add_argument("--out", metavar="DIR", help="store the networks in this folder; those already there are kept")
    parser.add_argument("--force", action="store_true", help="train again what the folder already holds")
    parser.add_argument("--seed", type=whole, default=0, help="seed of the training run (default: 0)")
    parser.add_argument("--budget", type=seconds, default=60.0, metavar="SECONDS", help="per network (default: 60)")
    parser.add_argument("--workers", type=positive, default=1, help="processes that train side by side (default: 1)")
    parser.add_argument(
        "--snapshots", action="store_true",
        help="with --out, also write NAME.training.npz: how hidden states, loss and accuracy came about",
    )  # fmt: skip
    parser.add_argument(
        "--networks", type=positive, metavar="N",
        help="train N networks of one architecture together, say how many are right on every held-out sequence, and "
        "keep the best: on those, then at five times the length; --budget is then for all of them, after as much again "
        "at most for finding the architecture where none is named",
    )  # fmt: skip
    parser.add_argument(
        "--architecture", metavar="NAME",
        help="with --networks, the architecture (default: the one that training a single network ends with)",
    )  # fmt: skip
    parser.add_argument(
        "--device", metavar="DEVICE",
        help="with --networks: cpu, cuda, or auto for a GPU where there is one (default: MIPS_DEVICE, or auto)",
    )  # fmt: skip
    parser.add_argument(
        "--no-proof", action="store_true",
        help="with --out, do not close the state set: leave out the network that is proved, and its certificate",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Train what was named and print one line per network."""
    require(options.all != bool(options.sources), "Name tasks or data files, or give --all, but not both.")
    require(not options.snapshots or options.out is not None, "--snapshots needs a folder to write to; add --out DIR.")
    alone = options.networks is None
    require(not alone or options.architecture is None, "--architecture needs --networks N.")
    require(
        not alone or options.device is None, "--device needs --networks N: one network is trained on the processor."
    )
    require(alone or not options.snapshots, "--snapshots follows one network; leave out --networks.")
    sources = [get(name) for name in names()] if options.all else [_source(text) for text in options.sources]
    from mips_core.networks.runner import Many, file_name, train_all  # torch takes seconds to import

    rows, proofs = [], {}
    by_name = {file_name(source): source for source in sources}
    monitor = Monitor(progress=terminal_progress())
    with output_folder(options.out) as folder:
        if folder is not None:
            _check_names([file_name(source) for source in sources])
        for outcome in train_all(
            sources,
            folder,
            seed=options.seed,
            budget=options.budget,
            workers=options.workers,
            force=options.force,
            snapshots=options.snapshots,
            many=None if alone else Many(options.networks, options.architecture, options.device),
            monitor=monitor,
        ):
            rows.append(outcome)
            end_progress()
            if not options.json:
                print(outcome.sentence, flush=True)
            if outcome.path is not None and not outcome.kept and not options.no_proof:
                source, path = by_name[outcome.name], outcome.path
                proofs[outcome.name] = prove_trained(
                    source, path, seed=outcome.seed, seconds=options.budget, monitor=monitor
                )
                end_progress()
                if not options.json:
                    print(f"  {proofs[outcome.name]['sentence']}", flush=True)
    if options.json:
        networks = [{**row.to_dict(), "proof": proofs.get(row.name)} for row in rows]
        print_json({"format": "mips-training", "version": 1, "networks": networks})
    return 0 if all(row.trained for row in rows) else NOT_TRAINED


def _source(text: str) -> Task | Dataset:
    if text in names():
        return get(text)
    if os.path.lexists(text) or os.path.splitext(text)[1]:
        is_other = os.path.isfile(text) and not is_dataset_file(text)
        require(not is_other, f"{text} is not a data file (.csv, or .npz with x and y).")
        return read_dataset(text)
    try:
        return get(text)
    except UnknownTaskError as error:
        raise UnknownTaskError(f"{error} There is no file of this name either.") from None


def _check_names(files: Sequence[str]) -> None:
    """Refuse sources whose networks would take each other's place."""
    for name in files:
        require(files.count(name) == 1, f"Two sources give a network file {name}.safetensors; rename one of them.")
