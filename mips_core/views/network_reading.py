"""A network file as tables and sentences: its tensors, what they make, what it does on a few sequences."""

from __future__ import annotations

from collections.abc import Sequence

from mips_core.networks.cells import CellNetwork
from mips_core.networks.check_run import CheckedSequence
from mips_core.networks.reading import OURS, PYTORCH, NetworkReading
from mips_core.tasks.vocabulary import Words
from mips_core.views.sequences import count_text, range_text, sequence_text, step_text

Row = dict[str, str]


def summary(reading: NetworkReading) -> str:
    """Say in a sentence or two what was read.

    Raises
    ------
    ValueError
        when no network was read.
    """
    network = reading.network
    if network is None:
        raise ValueError(f"{reading.name} holds no network")
    layers = len(network.layers) if isinstance(network, CellNetwork) else 1
    in_layers = f" in {layers} layers" if layers > 1 else ""
    whose = f"PyTorch's {reading.cell}" if reading.layout == PYTORCH else f"{reading.cell}, in {reading.layout}"
    return (
        f"{whose}: {count_text(network.card.hidden_size, 'hidden unit')}{' each' if layers > 1 else ''}{in_layers}, "
        f"{count_text(network.parameters, 'parameter')} in {count_text(len(reading.tensors), 'tensor')}."
    )


def fact_rows(reading: NetworkReading) -> list[Row]:
    """Return what is known of the network: where each fact comes from."""
    network = reading.network
    if network is None:
        return []
    card = network.card
    ours = reading.layout == OURS
    inputs = "not known yet" if reading.inputs is None else range_text(reading.inputs, card.input_words)
    found = "the card" if ours else "names and shapes"
    rows = [
        {"what": "cell", "found": reading.cell or "", "from": found},
        {
            "what": "hidden units",
            "found": str(card.hidden_size),
            "from": "the card" if ours else "shape of the weights",
        },
        {"what": "reads", "found": reading.reads or "", "from": found},
        {"what": "inputs that occur", "found": inputs, "from": _source_of_inputs(reading)},
        {"what": "writes", "found": reading.writes or "", "from": found},
    ]
    if card.length is not None:
        rows.append({"what": "trained length", "found": count_text(card.length, "step"), "from": "the card"})
    return rows


def _source_of_inputs(reading: NetworkReading) -> str:
    if reading.inputs is None:
        return "nothing in the file"
    return "the card" if reading.layout == OURS else "the range that you named, or the layer's size"


def tensor_rows(reading: NetworkReading) -> list[Row]:
    """Return a row for each tensor: name, shape, type, part, and whether the problem names it."""
    faulty = any(tensor.at_fault for tensor in reading.tensors)
    rows = []
    for tensor in reading.tensors:
        row = {
            "tensor": tensor.name,
            "shape": " × ".join(map(str, tensor.shape)) or "a single number",
            "type": tensor.dtype,
            "part": tensor.role,
        }
        rows.append({"": "✗ at fault" if tensor.at_fault else "", **row} if faulty else row)
    return rows


def check_rows(checked: Sequence[CheckedSequence], inputs: Words, outputs: Words) -> list[Row]:
    """Return a row for each sequence: inputs, outputs, and the range of the hidden states."""
    return [
        {
            "inputs": sequence_text(each.x, inputs),
            "outputs": " ".join(step_text(y, outputs) for y in each.y),
            "hidden states": f"{each.low:.3g} to {each.high:.3g}",
        }
        for each in checked
    ]


def suggested_ranges(reading: NetworkReading) -> str:
    """Return the input range that the sizes suggest, "LOW:HIGH", or "" when they suggest none.

    A layer of several numbers per step is most often one-hot: a range of so many integers.
    """
    network = reading.network
    if network is None or reading.layout != PYTORCH or network.encoding.size < 2:
        return ""
    return f"0:{network.encoding.size}"
