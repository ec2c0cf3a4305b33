"""``mips describe FILE``: say what was read in a network or data file, without training or distilling anything."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mips_core.cli.common import add_input_options, print_json, read_options, require
from mips_core.distillation.data_reading import DataReading, describe_data
from mips_core.files import read_bytes
from mips_core.networks.check_run import check_run
from mips_core.networks.options import NetworkOptions
from mips_core.networks.reading import NetworkReading, describe_network
from mips_core.tasks.readers import is_dataset
from mips_core.views.data_reading import column_rows, contradiction_rows, first_rows, size_text
from mips_core.views.network_reading import check_rows, fact_rows, summary, tensor_rows

_SHOWN = 10


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("describe")
    parser.add_argument("file", metavar="FILE", help="a network (.safetensors, .npz, .pt) or data (.csv, .npz)")
    add_input_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what was read; the exit code is 2 when the file cannot be used."""
    path = Path(options.file)
    data = read_bytes(path)
    reading: NetworkReading | DataReading
    if is_dataset(data, path.name):
        reading, text = (found := describe_data(data, path.name)), _data_text(found)
    else:
        chosen = NetworkOptions(**read_options(options))
        reading, text = (network := describe_network(data, path.name, chosen)), _network_text(network)
    if options.json:
        print_json(reading.to_dict())
    elif text:
        print(text)
    require(reading.problem is None, reading.problem or "")
    return 0


def _network_text(reading: NetworkReading) -> str:
    blocks = [_table(tensor_rows(reading))] if reading.tensors else []
    if reading.network is not None:
        blocks = [summary(reading), _table(fact_rows(reading)), *blocks]
        if reading.inputs is not None:
            card = reading.network.card
            checked = check_run(reading.network, reading.inputs)
            blocks.append(_table(check_rows(checked, card.input_words, card.output_words)))
    return "\n\n".join(blocks)


def _data_text(reading: DataReading) -> str:
    if reading.data is None:
        return ""
    blocks = [size_text(reading), _table(column_rows(reading)), _table(first_rows(reading))]
    if contradictions := contradiction_rows(reading)[:_SHOWN]:
        blocks.append(_table(contradictions))
    return "\n\n".join([*blocks, *(f"warning  {warning}" for warning in reading.warnings)])


def _table(rows: Sequence[dict[str, str]]) -> str:
    """Write rows under the names of their columns."""
    names = list(rows[0])
    widths = [max(len(name), *(len(row[name]) for row in rows)) for name in names]
    lines = [names, *([row[name] for name in names] for row in rows)]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
