"""Affine networks made by hand, hidden in a random basis, for the tests of the linear route."""

import numpy as np

from mips_core.networks import AffineMap, Card, InputEncoding, MlpNetwork, RawInput, Rounded


def random_basis(rng: np.random.Generator, size: int) -> np.ndarray:
    """A well-conditioned invertible matrix."""
    left = np.linalg.qr(rng.normal(size=(size, size)))[0]
    return left @ np.diag(np.exp(rng.uniform(-0.7, 0.7, size))) @ np.linalg.qr(rng.normal(size=(size, size)))[0]


def hidden_linear(
    transition, inputs, bias, readout, offset, *, encoding: InputEncoding | None = None, extra=2, noise=0.0, seed=0
) -> MlpNetwork:
    """h' = A h + B e + b, y = C h + c, plus ``extra`` fading units that the readout does not see, then rotated."""
    rng = np.random.default_rng(seed)
    a, b_in, b, c, c0 = (np.asarray(v, dtype=float) for v in (transition, inputs, bias, readout, offset))
    n, d = len(a), len(a) + extra
    big = np.zeros((d, d))
    big[:n, :n] = a
    big[n:, n:] = 0.4 * np.eye(extra)
    into = np.vstack([b_in, rng.normal(size=(extra, b_in.shape[1]))])
    start = np.concatenate([b, rng.normal(size=extra)])
    out = np.hstack([c, np.zeros((len(c), extra))])
    basis = random_basis(rng, d)
    inverse = np.linalg.inv(basis)
    hidden = np.hstack([basis @ big @ inverse + noise * rng.normal(size=(d, d)), basis @ into])
    encoding = encoding or RawInput(b_in.shape[1])
    return MlpNetwork(
        Card("linear", encoding.width, len(c), d), encoding, Rounded(len(c)),
        (AffineMap(hidden, basis @ start),), (AffineMap(out @ inverse, c0),),
    )  # fmt: skip


def register(length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A shift register: (A, B, b)."""
    return np.eye(length, k=-1), np.eye(length, 1), np.zeros(length)


def previous(k: int, **options) -> MlpNetwork:
    a, b, c = register(k + 1)
    return hidden_linear(a, b, c, np.eye(1, k + 1, k), [0], **options)


def sum_last(k: int, **options) -> MlpNetwork:
    a, b, c = register(k)
    return hidden_linear(a, b, c, np.ones((1, k)), [0], **options)
