"""What a visitor says about the file that is open; each choice lives in the address, and what is usual is left out."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from mips_core.distillation.source import DEFAULT_LENGTH
from mips_core.errors import BadInputError
from mips_core.networks.cells import CellNetwork
from mips_core.networks.encoding import EmbeddingInput
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.options import NetworkOptions
from mips_core.networks.reading import OURS, NetworkReading
from mips_core.tasks import Integers
from mips_core.views.own_calls import ranges_text
from pages.parts.address import restore, write
from pages.parts.plain import plain
from pages.parts.words import own as words

ENCODINGS = {"by the sizes": None, "raw": "raw", "one-hot": "one-hot"}
OUTPUTS = {"by the layout": None, "rounded": "round", "argmax": "argmax", "threshold": "threshold"}
BUDGETS = (15, 30, 45, 90, 150, 300)


def choose_options(base: NetworkReading, suggested: str) -> NetworkOptions | None:
    """Show the choices that fit a network file; return them, or None when one cannot be read.

    Parameters
    ----------
    base : what was read without any choice
    suggested : the input range to begin with, "LOW:HIGH", or ""
    """
    network = base.network
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        told = "e.g. 0:2" if base.inputs is None else ranges_text(base.inputs)
        ranges = _text("own_inputs", "Inputs that occur", suggested, told, words.RANGES_HELP)
        if base.layout != OURS:
            encoding = outputs = None
            if not (network is not None and isinstance(network.encoding, EmbeddingInput)):
                encoding = _choice("own_encoding", "How they enter", ENCODINGS, words.ENCODING_HELP)
            outputs = _choice("own_outputs", "How outputs are read", OUTPUTS, words.OUTPUTS_HELP)
            nonlinearity, activation = "tanh", "relu"
            if isinstance(network, CellNetwork) and network.cell == "rnn":
                nonlinearity = _choice(
                    "own_nonlinearity", "Activation of the RNN", _same("tanh", "relu"), words.NONLINEARITY_HELP
                )
            if network is not None and _is_deep(network):
                activation = _choice(
                    "own_activation", "Activation between layers", _same("relu", "tanh", "sigmoid"),
                    words.ACTIVATION_HELP,
                )  # fmt: skip
        known = None if network is None else network.card.length
        length = _text("own_length", "Trained length", "", f"{known or DEFAULT_LENGTH} steps", words.LENGTH_HELP)
    try:
        inputs = tuple(Integers.parse(part.strip()) for part in ranges.split(",")) if ranges.strip() else None
        steps = _whole(length, "The trained length") if length.strip() else None
    except BadInputError as error:
        st.error(plain(str(error)), icon=":material/edit:")
        return None
    if base.layout == OURS:
        return NetworkOptions(inputs=inputs, length=steps)
    return NetworkOptions(inputs, activation, nonlinearity, outputs, encoding, steps)


def choose_work(usual_budget: int) -> tuple[int, int]:
    """Show seed and time; return them."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        seed = restore("own_seed", 0, lambda text: min(9999, max(0, int(text))))
        seed = int(st.number_input("Seed", 0, 9999, key="own_seed", help=words.SEED_HELP, width=150))
        write("own_seed", None if seed == 0 else str(seed))
        budget = restore("own_budget", usual_budget, lambda text: min(BUDGETS, key=lambda b: abs(b - int(text))))
        budget = int(
            st.select_slider(
                "Time at most",
                BUDGETS,
                key="own_budget",
                format_func=lambda b: f"{b} s",
                help=words.BUDGET_HELP,
                width=280,
            )
        )
        write("own_budget", None if budget == usual_budget else str(budget))
    return seed, budget


def choose_label_free() -> bool:
    """Show whether labels are for training only."""
    restore("own_label_free", False, lambda text: text == "True")
    chosen = st.toggle("Labels are for training only", key="own_label_free", help=words.LABEL_FREE_HELP)
    write("own_label_free", "True" if chosen else None)
    return chosen


def _text(key: str, label: str, usual: str, placeholder: str, explained: str) -> str:
    restore(key, usual)
    value = st.text_input(label, key=key, placeholder=placeholder, help=explained, width=178, max_chars=200) or ""
    write(key, None if value == usual else value)
    return value


def _choice(key: str, label: str, choices: dict[str, Any], explained: str) -> Any:
    names = list(choices)
    restore(key, names[0], _one_of(names))
    value = st.selectbox(label, names, key=key, help=explained, width=178)
    write(key, None if value == names[0] else value)
    return choices[value]


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(text)
        return text

    return read


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def _is_deep(network: MlpNetwork | CellNetwork) -> bool:
    return len(network.readout_layers) > 1 or (isinstance(network, MlpNetwork) and len(network.hidden) > 1)


def _whole(text: str, what: str) -> int:
    if not text.strip().isdecimal() or not 1 <= int(text.strip()[:9]) <= 20_000:
        raise BadInputError(f"{what} is {text.strip()[:20]!r}; write a whole number from 1 to 20,000.")
    return int(text)
