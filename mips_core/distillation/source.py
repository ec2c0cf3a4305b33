"""Turn what the user named (a task, a network file, a data file) into something to distil."""

from __future__ import annotations

import os
from pathlib import Path

from mips_core.distillation.subject import Subject, Truth
from mips_core.errors import BadInputError, MipsError, UnknownTaskError
from mips_core.networks import Network, load_network, read_network
from mips_core.networks.options import NetworkOptions
from mips_core.resources import shipped_network
from mips_core.tasks import Dataset, Integers, Task, get, is_dataset_file, names, read_dataset

DEFAULT_LENGTH = 10
"""1x for a network whose card does not say at which length it was trained."""

Source = str | os.PathLike[str] | Task | Dataset | Network | Subject


def as_ranges(inputs: tuple[Integers, ...] | Integers | None) -> tuple[Integers, ...] | None:
    """Take one range for all inputs, or one per input."""
    return (inputs,) if isinstance(inputs, Integers) else inputs


def is_task_name(text: str) -> bool:
    """True when ``text`` is exactly the name of a benchmark task."""
    return text in names()


def looks_like_a_path(text: str) -> bool:
    """True when ``text`` can only be meant as a file: it exists, has a folder in it, or a known ending."""
    path = Path(text)
    known = {".npz", ".csv", ".safetensors", ".pt", ".pth", ".npy", ".pkl", ".json", ".txt"}
    return os.path.lexists(text) or os.sep in text or path.suffix.lower() in known


def resolve(source: Source, options: NetworkOptions) -> Task | Dataset | Subject:
    """Return the task or the data to train on, or the network to distil at once.

    A task name gives the task; :func:`shipped_subject` then finds its network.

    Raises
    ------
    UnknownTaskError
        when the text names neither a task nor a file; the nearest task is suggested.
    BadInputError
        when a file cannot be used.
    """
    if isinstance(source, Task | Dataset | Subject):
        return source
    if not isinstance(source, str | os.PathLike):
        return network_subject(source, "network", options)
    text = os.fspath(source)
    if not text:
        raise BadInputError("The source has no name; give a task, a network file or a data file.")
    if is_task_name(text):
        return get(text)
    if not looks_like_a_path(text):
        try:
            return get(text)
        except UnknownTaskError as error:
            raise UnknownTaskError(f"{error} There is no file of this name either.") from None
    path = Path(text)
    if os.path.isfile(path) and is_dataset_file(path):
        return read_dataset(path)
    network = read_network(
        path,
        inputs=options.inputs,
        activation=options.activation,
        nonlinearity=options.nonlinearity,
        outputs=options.outputs,
        encoding=options.encoding,
        length=options.length,
    )
    return network_subject(network, text, options)


def check_options(known: Task | Dataset, options: NetworkOptions) -> None:
    """Refuse options that contradict what a task or a data file says itself.

    Raises
    ------
    BadInputError
        naming the option and what is known.
    """
    asked = options.inputs
    if asked is not None and (asked * len(known.inputs) if len(asked) == 1 else asked) != known.inputs:
        found, wanted = (",".join(map(str, ranges)) for ranges in (known.inputs, asked))
        raise BadInputError(
            f"{known.name} takes the integers {found}, not {wanted}; --inputs is for a network that does not say it "
            "itself, so leave it out."
        )
    if options.length not in (None, known.length):
        raise BadInputError(
            f"{known.name} has sequences of length {known.length}, not {options.length}; --length is for a network "
            "that does not say it itself, so leave it out."
        )


def network_subject(network: Network, name: str, options: NetworkOptions) -> Subject:
    """Return a network from outside as a subject without truth: its behaviour is all that is known.

    Raises
    ------
    BadInputError
        when nobody says which integers may occur.
    """
    inputs = options.inputs if options.inputs is not None else network.card.inputs
    if inputs is None:
        raise BadInputError(
            f"{name} does not say which integers may occur on its input side; name them with --inputs LOW:HIGH "
            "(HIGH excluded)."
        )
    if len(inputs) == 1 and network.input_width > 1:
        inputs = inputs * network.input_width
    length = options.length or network.card.length or DEFAULT_LENGTH
    return Subject(name, network, inputs, length)


def task_subject(task: Task, network: Network) -> Subject:
    """Return a network trained on a benchmark task as a subject, with the task's rule as truth."""
    return Subject(task.name, network, task.inputs, task.length, Truth(task=task))


def shipped_subject(task: Task) -> Subject:
    """Return the shipped network of a task as a subject.

    Raises
    ------
    MipsError
        when no network of this task ships.
    """
    path = shipped_network(task.name)
    if not path.is_file():
        raise MipsError(f"No network of {task.name} ships with this installation; train one with --fresh.")
    return task_subject(task, load_network(path))
