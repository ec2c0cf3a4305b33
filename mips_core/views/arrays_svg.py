"""The four arrays that a recurrent network needs, drawn: how an input and the old memory become the new memory."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from mips_core.networks.cells import GATES, CellNetwork
from mips_core.networks.encoding import EmbeddingInput, OneHotInput, Rounded
from mips_core.networks.mlp import MlpNetwork
from mips_core.views.sequences import count_text

_WIDTH, _HEIGHT = 440, 476
_LEFT, _MIDDLE, _RIGHT = 92, 250, 384
_CALLED = {"gru": "a GRU", "lstm": "an LSTM"}
_GATE_WORDS = {"rnn": "", "gru": "3 gates", "lstm": "4 gates"}


@dataclass(frozen=True)
class ArrayShapes:
    """What stands in the drawing; by default the letters for a network that is not there yet.

    Parameters
    ----------
    w_hh, w_hx, b, w_y : shapes of the four arrays
    memory, numbers : what the hidden state and the input are
    activation : what is applied to the sum
    scores, answer : what the readout gives, and how an output comes of it
    notes : what the drawing leaves out
    """

    w_hh: str = "d × d"
    w_hx: str = "d × m"
    b: str = "d"
    w_y: str = "o × d"
    memory: str = "d numbers"
    numbers: str = "m numbers"
    activation: str = "activation"
    scores: str = "o scores"
    answer: str = "rounded, or the highest"
    notes: tuple[str, ...] = ()


def shapes_of(network: MlpNetwork | CellNetwork) -> ArrayShapes:
    """Return the shapes of a network that was read."""
    encoding, decoding = network.encoding, network.decoding
    d, size, scores = network.card.hidden_size, encoding.size, decoding.size
    reader = network.readout_layers[0].weight.shape
    notes = []
    if isinstance(encoding, EmbeddingInput):
        notes.append(f"An embedding of {len(encoding.table):,} rows makes the input's numbers.")
    if isinstance(network, CellNetwork):
        rows = GATES[network.cell] * d
        gates = _GATE_WORDS[network.cell]
        activation = network.nonlinearity if network.cell == "rnn" else gates
        if gates:
            notes.append(f"The {gates} of {_CALLED[network.cell]} lie in one array, one below the other.")
        notes.append("The bias stands in the file twice, beside W_hx and beside W_hh; they are added.")
        if len(network.layers) > 1:
            notes.append(f"Layer 1 of {len(network.layers)} is drawn; each layer's memory is the next one's input.")
        width, memory = network.layers[0].weight_ih.shape[1], network.layers[0].hidden_size
        w_hh, w_hx, b = f"{rows} × {memory}", f"{rows} × {width}", f"{rows}"
    else:
        rows = len(network.hidden[0].weight)
        w_hh, w_hx, b = f"{rows} × {d}", f"{rows} × {size}", f"{rows}"
        activation = "none" if len(network.hidden) == 1 else network.activation
        if len(network.hidden) > 1:
            notes.append(
                f"The hidden MLP goes on for {count_text(len(network.hidden) - 1, 'more layer')} after the sum."
            )
    if len(network.readout_layers) > 1:
        notes.append(f"The readout goes on for {count_text(len(network.readout_layers) - 1, 'more layer')} after W_y.")
    if network.state_grid is not None:
        notes.append(f"Every step ends by rounding the hidden state to multiples of {2.0**-network.state_grid:g}.")
    kind = "one-hot" if isinstance(encoding, OneHotInput) else ""
    return ArrayShapes(
        w_hh, w_hx, b, f"{reader[0]} × {reader[1]}", f"{d} numbers" if d > 1 else "1 number",
        f"{size} {'number' if size == 1 else 'numbers'}{', ' + kind if kind else ''}", activation,
        f"{scores} {'score' if scores == 1 else 'scores'}",
        "rounded" if isinstance(decoding, Rounded) else "the highest wins", tuple(notes),
    )  # fmt: skip


def arrays_svg(shapes: ArrayShapes | None = None) -> str:
    """Draw the four arrays with these shapes; the drawing follows the theme and says in words what it shows."""
    s = shapes or ArrayShapes()
    words = (
        f"One step of a recurrent network. The old memory ({s.memory}) goes through W_hh, {s.w_hh}; the input "
        f"({s.numbers}) through W_hx, {s.w_hx}. Both and the bias b, {s.b}, are added; activation: {s.activation}. "
        f"The sum becomes the new memory, which W_y, {s.w_y}, turns into {s.scores}: {s.answer}. "
        "The new memory is the old one of the next step."
    )
    parts = [
        f'<svg class="arrays" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{escape(words)}" style="max-width:100%;height:auto;display:block" '
        'font-family="var(--st-font, sans-serif)" fill="currentColor">',
        '<defs><marker id="arrays-tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0 1L9 5L0 9z" fill="currentColor"/></marker></defs>',
        _pill(_LEFT, 34, 130, "old memory h", s.memory),
        _pill(_MIDDLE, 34, 130, "input x", s.numbers),
        _array(_LEFT, 128, 118, "W", "hh", s.w_hh),
        _array(_MIDDLE, 128, 118, "W", "hx", s.w_hx),
        _array(_RIGHT, 128, 76, "b", "", s.b),
        _arrow(f"M{_LEFT} 58V94"),
        _arrow(f"M{_MIDDLE} 58V94"),
        _arrow(f"M{_LEFT} 162L{_MIDDLE - 18} 208"),
        _arrow(f"M{_MIDDLE} 162V200"),
        _arrow(f"M{_RIGHT} 162L{_MIDDLE + 18} 208"),
        f'<circle cx="{_MIDDLE}" cy="216" r="15" fill="none" stroke="currentColor" stroke-width="1.6"/>'
        f'<path d="M{_MIDDLE - 7} 216h14M{_MIDDLE} 209v14" stroke="currentColor" stroke-width="1.8"/>',
        _text(_MIDDLE + 26, 221, s.activation if s.activation != "none" else "no activation", 13.5, anchor="start"),
        _arrow(f"M{_MIDDLE} 232V262"),
        _pill(_MIDDLE, 287, 150, "new memory h′", s.memory),
        _arrow(f"M{_MIDDLE} 311V339"),
        _array(_MIDDLE, 372, 118, "W", "y", s.w_y),
        _arrow(f"M{_MIDDLE} 406V428"),
        _pill(_MIDDLE, 451, 250, "output y", f"{s.scores}: {s.answer}"),
        _arrow(f"M{_MIDDLE - 76} 287H26Q14 287 14 275V46Q14 34 26 34", dashed=True),
        _text(22, 306, "at the next step", 12.5, anchor="start", opacity=0.8),
    ]
    return "".join([*parts, "</svg>"])


def _text(
    x: float, y: float, text: str, size: float, *, anchor: str = "middle", bold: bool = False, opacity: float = 1.0
) -> str:
    weight = ' font-weight="600"' if bold else ""
    faint = f' fill-opacity="{opacity}"' if opacity < 1 else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}"{weight}{faint}>{escape(text)}</text>'


def _pill(x: float, y: float, width: float, title: str, text: str) -> str:
    """Draw numbers that change at every step: a round box."""
    return (
        f'<rect x="{x - width / 2}" y="{y - 24}" width="{width}" height="48" rx="24" fill="none" stroke="currentColor" '
        'stroke-opacity="0.55" stroke-width="1.4"/>'
        + _text(x, y - 3, title, 14.5, bold=True)
        + _text(x, y + 15, text, 13)
    )


def _array(x: float, y: float, width: float, letter: str, index: str, shape: str) -> str:
    """Draw an array of the file: a square box with a grid behind its name."""
    left, top, height = x - width / 2, y - 32, 64
    lines = "".join(f"M{left + width * k / 6:.1f} {top}v{height}" for k in range(1, 6))
    lines += "".join(f"M{left} {top + height * k / 4:.1f}h{width}" for k in range(1, 4))
    below = f'<tspan dy="4" font-size="12.5">{index}</tspan>' if index else ""
    return (
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="4" fill="var(--st-primary-color, #0067A5)" '
        'fill-opacity="0.13" stroke="var(--st-primary-color, #0067A5)" stroke-width="1.8"/>'
        f'<path d="{lines}" stroke="var(--st-primary-color, #0067A5)" stroke-opacity="0.16" fill="none"/>'
        f'<text x="{x}" y="{y - 3}" text-anchor="middle" font-size="19" font-weight="600">{letter}{below}</text>'
        + _text(x, y + 21, shape, 14)
    )


def _arrow(path: str, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5 4" stroke-opacity="0.7"' if dashed else ""
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="1.5"{dash} marker-end="url(#arrays-tip)"/>'
    )
