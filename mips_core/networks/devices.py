"""Where large ensembles are trained: on the processor, or on a GPU where there is one.

Training one network stays on the processor, where the same seed gives the same weights on every machine of a kind and
small networks are as fast.  Weights and batches are drawn on the processor in any case, so that training begins alike
on every device; a GPU then adds in another order, and a network that it trains differs in its last digits.
"""

from __future__ import annotations

import os

import torch

from mips_core.errors import BadInputError

VARIABLE = "MIPS_DEVICE"
"""Environment variable that chooses where nobody says it."""

AUTO = "auto"
DEVICES = (AUTO, "cpu", "cuda")

NO_CUDA = "PyTorch finds no CUDA device here"


def choose_device(wanted: str | None = None) -> torch.device:
    """Return the device for large ensembles.

    Parameters
    ----------
    wanted : "cpu", "cuda", "cuda:1" and so on, or "auto": CUDA where there is a device, else the processor; None asks
        the environment variable :data:`VARIABLE`, and without it is "auto"

    Raises
    ------
    BadInputError
        when there is no such device; says who asked for it.

    >>> choose_device("cpu")
    device(type='cpu')
    """
    named = (wanted or os.environ.get(VARIABLE) or AUTO).strip().lower()
    asked = "" if wanted else f" ({VARIABLE} asks for it)"
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if named == AUTO:
        return torch.device("cuda" if count else "cpu")
    kind, _, number = named.partition(":")
    if kind not in DEVICES or (number and not (kind == "cuda" and number.isdecimal())):
        raise BadInputError(f"There is no device {named!r}{asked}; known are {', '.join(DEVICES)}.")
    if kind == "cuda" and int(number or 0) >= count:
        found = NO_CUDA if not count else f"the last of the CUDA devices here is cuda:{count - 1}"
        raise BadInputError(f"The device {named} cannot be used{asked}: {found}. Use cpu, or auto for what there is.")
    return torch.device(named)


def described(device: torch.device) -> str:
    """Return a device's name for a person: "cpu", or the GPU's own."""
    return device.type if device.type != "cuda" else f"{device} ({torch.cuda.get_device_name(device)})"
