"""Data as an ensemble sees them: encoded batches, targets, losses, accuracy, and the way back to a network.

Integers are standardised (or one-hot), outputs are standardised (or one score per
value).  :meth:`Material.export` folds both into the first and the last layer, so that
the finished network takes and gives plain integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mips_core.networks.card import Card
from mips_core.networks.encoding import Argmax, InputEncoding, OneHotInput, OutputDecoding, RawInput, Rounded
from mips_core.networks.ensemble import Ensemble, Shape
from mips_core.networks.examples import Examples
from mips_core.networks.ladder import Rung
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap
from mips_core.tasks.dataset import Dataset
from mips_core.tasks.integers import Integers

_GLANCE_STEPS = 2**16
"""Steps of held-out sequences that each look in training counts, where 32 sequences do not have more."""


_AT_ONCE = 2048  # sequences looked at together, which bounds the memory


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, so that sums are always taken in the same order; restore the setting after."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class Sequences:
    """A data set as tensors.

    Parameters
    ----------
    x : int64, shape (N, T, D_in)
    y : int64, shape (N, T, D_out)
    mask : bool, shape (N, T), True at the positions that count
    """

    def __init__(self, x: Tensor, y: Tensor, mask: Tensor) -> None:
        self.x, self.y, self.mask = x, y, mask

    @staticmethod
    def of(data: Dataset, inputs: tuple[Integers, ...]) -> Sequences:
        """Take over a data set whose inputs lie in ``inputs``.

        Beyond a sequence's length stands a value that every encoding knows; the mask keeps it out.
        """
        low = np.array([r.low for r in inputs])
        x = np.where(data.mask[:, :, None], data.x, low)
        return Sequences(torch.from_numpy(x), torch.from_numpy(data.y), torch.from_numpy(data.mask))

    def __len__(self) -> int:
        return len(self.x)

    def joined(self, more: Sequences) -> Sequences:
        """Return these sequences, then ``more`` of the same number of steps."""
        return Sequences(torch.cat([self.x, more.x]), torch.cat([self.y, more.y]), torch.cat([self.mask, more.mask]))

    def to(self, device: torch.device) -> Sequences:
        """Return the same sequences on a device."""
        return Sequences(self.x.to(device), self.y.to(device), self.mask.to(device))

    def first(self, n: int) -> Sequences:
        """Return the first ``n`` sequences, or all if there are fewer."""
        return Sequences(self.x[:n], self.y[:n], self.mask[:n])


class Material:
    """The examples, encoded for one rung.

    Parameters
    ----------
    examples : what to learn and what to judge by
    rung : decides the encoding, the kind of target and the precision
    """

    def __init__(self, examples: Examples, rung: Rung) -> None:
        self.examples, self.rung = examples, rung
        self.dtype = torch.float64 if rung.newton else torch.float32
        data = examples.learn
        self._x_mean, self._x_scale = _moments(data.x[data.mask])
        self._y_mean, self._y_scale = _moments(data.y[data.mask])
        self._y_low = torch.from_numpy(np.array([r.low for r in examples.outputs], dtype=np.int64))
        self._class_counts = [len(r) for r in examples.outputs]
        self.learn = Sequences.of(data, examples.inputs)
        self.held_out = Sequences.of(examples.held_out, examples.inputs)
        self.stretched = None if examples.stretched is None else Sequences.of(examples.stretched, examples.inputs)
        self.longer = None if examples.longer is None else Sequences.of(examples.longer, examples.inputs)
        self.glance = self.held_out.first(max(32, min(512, _GLANCE_STEPS // data.length)))

    def to(self, device: torch.device) -> Material:
        """Return the same examples with what training looks at all the time on a device."""
        other = copy(self)
        other.learn, other.held_out, other.glance = (s.to(device) for s in (self.learn, self.held_out, self.glance))
        for name in ("_x_mean", "_x_scale", "_y_mean", "_y_scale", "_y_low"):
            setattr(other, name, getattr(self, name).to(device))
        return other

    def shape(self, hidden: int) -> Shape:
        """Return the sizes of a network for this data with ``hidden`` hidden units."""
        inputs = sum(len(r) for r in self.examples.inputs) if self.rung.one_hot else len(self.examples.inputs)
        outputs = sum(self._class_counts) if self.rung.classes else len(self._class_counts)
        return Shape(inputs, hidden, outputs, self.rung.transition_widths, self.rung.readout_widths)

    def encode(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        """Return encoded inputs (N, T, E) for integers (N, T, D_in)."""
        if not self.rung.one_hot:
            return ((x - self._x_mean) / self._x_scale).to(dtype)
        blocks = [
            torch.nn.functional.one_hot(x[:, :, channel] - values.low, len(values))
            for channel, values in enumerate(self.examples.inputs)
        ]
        return torch.cat(blocks, dim=2).to(dtype)

    def loss(
        self, ensemble: Ensemble, sequences: Sequences, rows: Tensor | slice, horizon: int | None = None
    ) -> Tensor:
        """Return each member's loss (members,) on some rows: mean square or cross-entropy over what the mask keeps."""
        stop = slice(None, horizon)
        x, y = sequences.x[rows, stop], sequences.y[rows, stop]
        weight = sequences.mask[rows, stop].to(ensemble.dtype).T  # (T, N)
        scores = ensemble.forward(self.encode(x, ensemble.dtype))  # (members, T, N, O)
        if self.rung.classes:
            error = self._cross_entropy(scores, y)
        else:
            target = ((y - self._y_mean) / self._y_scale).to(ensemble.dtype)
            error = self._penalty(scores - target.transpose(0, 1)).sum(dim=3)
        return (error * weight).sum(dim=(1, 2)) / weight.sum()

    def _penalty(self, difference: Tensor) -> Tensor:
        """Return squares; beyond half an integer linear (Huber 1964) where some of the outputs are wrong.

        A wrong output may lie far off: its square would outweigh many right ones.
        """
        if not self.examples.wrong:
            return difference.square()
        half = 0.5 / self._y_scale.to(difference.dtype)
        size = difference.abs()
        return torch.where(size < half, size.square(), half * (2 * size - half))

    def _cross_entropy(self, scores: Tensor, y: Tensor) -> Tensor:
        index = (y - self._y_low).transpose(0, 1).unsqueeze(0)  # (1, T, N, D_out)
        error = scores.new_zeros(scores.shape[:3])
        for column, block in enumerate(scores.split(self._class_counts, dim=3)):
            chosen = index[..., column : column + 1].clamp(0, block.shape[3] - 1).expand(len(scores), -1, -1, 1)
            error = error - torch.log_softmax(block, dim=3).gather(3, chosen).squeeze(3)
        return error

    @torch.no_grad()
    def right(self, ensemble: Ensemble, sequences: Sequences) -> Tensor:
        """Return which sequences each member gets right at every step that counts, bool (members, N)."""
        return self.right_steps(ensemble, sequences).all(dim=1)

    @torch.no_grad()
    def right_share(self, ensemble: Ensemble, sequences: Sequences) -> Tensor:
        """Return the share of sequences that each member gets right, or of steps where some of the outputs are wrong.

        Float64, shape (members,).  With wrong outputs many sequences hold one, and no network gets those right.
        """
        if not self.examples.wrong:
            return self.right(ensemble, sequences).double().mean(dim=1)
        wrong = ~self.right_steps(ensemble, sequences)
        return 1.0 - wrong.sum(dim=(1, 2)) / sequences.mask.sum().double()

    @torch.no_grad()
    def right_steps(self, ensemble: Ensemble, sequences: Sequences) -> Tensor:
        """Return where each member's output is right or does not count, bool (members, T, N)."""
        scores = ensemble.forward(self.encode(sequences.x, ensemble.dtype))
        if self.rung.classes:
            blocks = scores.split(self._class_counts, dim=3)
            given = torch.stack([block.argmax(dim=3) for block in blocks], dim=3) + self._y_low
        else:
            real = scores.to(torch.float64) * self._y_scale + self._y_mean
            given = torch.round(torch.nan_to_num(real, nan=-(2.0**61)).clamp(-(2.0**61), 2.0**61)).to(torch.int64)
        return (given == sequences.y.transpose(0, 1)).all(dim=3) | ~sequences.mask.T

    @torch.no_grad()
    def trusted(self, ensemble: Ensemble) -> Material:
        """Return the same examples without the outputs that most members contradict: those are probably wrong."""
        other = copy(self)
        other.examples = replace(self.examples, wrong=0.0)
        other.learn, other.held_out = (self._believed(ensemble, s) for s in (self.learn, self.held_out))
        other.glance = other.held_out.first(len(self.glance))
        return other

    def _believed(self, ensemble: Ensemble, sequences: Sequences) -> Sequences:
        masks = []
        for first in range(0, len(sequences), _AT_ONCE):
            part = Sequences(*(each[first : first + _AT_ONCE] for each in (sequences.x, sequences.y, sequences.mask)))
            right = self.right_steps(ensemble, part).double().mean(dim=0).T >= 0.5
            masks.append(part.mask & right)
        return Sequences(sequences.x, sequences.y, torch.cat(masks))

    def export(self, ensemble: Ensemble, member: int, *, seed: int, notes: Mapping[str, Any]) -> MlpNetwork:
        """Return one member as a network on plain integers.

        Float32 members give float32 weights, so that the file is small and holds exactly this function.
        """
        transition, readout = ensemble.maps(member)
        first, last = transition[0], readout[-1]
        hidden = ensemble.shape.hidden
        encoding: InputEncoding = OneHotInput(self.examples.inputs)
        if not self.rung.one_hot:
            encoding = RawInput(len(self.examples.inputs))
            driven = first.weight[:, hidden:] / self._x_scale.numpy()
            weight = np.hstack([first.weight[:, :hidden], driven])
            transition = (AffineMap(weight, first.bias - driven @ self._x_mean.numpy()), *transition[1:])
        decoding: OutputDecoding = Argmax(self.examples.outputs)
        if not self.rung.classes:
            decoding = Rounded(len(self.examples.outputs))
            scale, mean = self._y_scale.numpy(), self._y_mean.numpy()
            last = AffineMap(last.weight * scale[:, None], last.bias * scale + mean)
            readout = (*readout[:-1], last)
        if ensemble.dtype == torch.float32:
            transition, readout = tuple(map(_single, transition)), tuple(map(_single, readout))
        card = Card(
            cell="linear" if ensemble.shape.is_affine and not self.rung.classes else "mlp",
            input_width=len(self.examples.inputs),
            output_width=len(self.examples.outputs),
            hidden_size=hidden,
            inputs=self.examples.inputs,
            length=self.examples.length,
            task=self.examples.task,
            data=self.examples.digest,
            seed=seed,
            training=dict(notes),
            input_words=self.examples.learn.input_words,
            output_words=self.examples.learn.output_words,
        )
        return MlpNetwork(card, encoding, decoding, transition, readout)


def _moments(rows: np.ndarray) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation of each column, float64; a constant column counts as having deviation 1."""
    scale = rows.std(axis=0)
    return torch.from_numpy(rows.mean(axis=0)), torch.from_numpy(np.where(scale > 0, scale, 1.0))


def _single(layer: AffineMap) -> AffineMap:
    """Round weights to float32."""
    return AffineMap(
        layer.weight.astype(np.float32).astype(np.float64), layer.bias.astype(np.float32).astype(np.float64)
    )
