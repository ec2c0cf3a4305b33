"""Real Jordan form of a matrix that is only known up to training noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import MipsError
from mips_core.networks.protocol import FloatArray

ComplexArray = NDArray[np.complex128]


class NoJordanFormError(MipsError):
    """The matrix has no Jordan form at this tolerance; the message says why."""


def merged_eigenvalues(matrix: FloatArray, tolerance: float) -> list[tuple[complex, int]]:
    """Return eigenvalues with multiplicity, those closer than ``tolerance`` merged into their mean.

    Raises
    ------
    NoJordanFormError
        when "closer than" is not transitive: a chain of neighbours whose ends are farther apart.
    """
    values = np.linalg.eigvals(matrix)
    close = np.abs(values[:, None] - values[None, :]) < tolerance
    if ((close.astype(int) @ close.astype(int) > 0) & ~close).any():
        raise NoJordanFormError(
            f"The eigenvalues {np.round(values, 2).tolist()} cannot be grouped: some are within {tolerance} of a third "
            "one but not of each other."
        )
    groups = sorted({tuple(np.flatnonzero(row).tolist()) for row in close})
    found = []
    for group in groups:
        mean = complex(values[list(group)].mean())
        # A group that is its own mirror image is real.
        real = any(abs(values[i] - np.conj(values[j])) < 1e-9 for i in group for j in group)
        found.append((complex(mean.real) if real else mean, len(group)))
    return found


def jordan_basis(matrix: FloatArray, tolerance: float) -> FloatArray:
    """Return T, float64 (d, d), with T^-1 M T near a real Jordan form: ones above the diagonal within blocks.

    For each merged eigenvalue m the chain of kernels of (M - m)^k is built with singular values below ``tolerance``
    taken as zero; pairs of complex chains become rotation-scaling blocks.

    Raises
    ------
    NoJordanFormError
        when the kernels do not add up to the whole space.
    """
    size = len(matrix)
    columns: list[FloatArray] = []
    for value, count in merged_eigenvalues(matrix, tolerance):
        if value.imag < 0:
            continue  # the mirror image of one that is kept
        chains = _chains(matrix.astype(np.complex128) - value * np.eye(size), count, tolerance)
        for chain in chains:
            for vector in chain:
                columns += [vector.real] if value.imag == 0 else [vector.real, vector.imag]
    if len(columns) != size:
        raise NoJordanFormError(f"Jordan chains give {len(columns)} of {size} vectors at tolerance {tolerance}.")
    basis = np.stack(columns, axis=1)
    if np.linalg.cond(basis) > 1e8:
        raise NoJordanFormError(f"The Jordan basis is nearly singular (condition {np.linalg.cond(basis):.1e}).")
    return basis


def _chains(shifted: ComplexArray, count: int, tolerance: float) -> list[list[ComplexArray]]:
    """Return Jordan chains, eigenvector first, that span the generalised eigenspace of ``count`` dimensions."""
    # The generalised eigenspace: the flattest ``count`` directions of the highest power, however noisy.
    _, _, right = np.linalg.svd(np.linalg.matrix_power(shifted, len(shifted)))
    space = right.conj().T[:, len(shifted) - count :]
    inner = space.conj().T @ shifted @ space  # nilpotent up to noise, (count, count)
    kernels = [np.zeros((count, 0), dtype=np.complex128)]
    power = np.eye(count, dtype=np.complex128)
    while kernels[-1].shape[1] < count:
        power = inner @ power
        _, sizes, rows = np.linalg.svd(power)
        flat = int((sizes < tolerance).sum())
        if len(kernels) >= count:
            flat = count
        if flat <= kernels[-1].shape[1]:
            raise NoJordanFormError(f"The kernels of the powers stop growing at {flat} of {count} dimensions.")
        kernels.append(rows.conj().T[:, count - flat :])
    chains: list[list[ComplexArray]] = []
    for level in range(len(kernels) - 1, 0, -1):
        covered = [kernels[level - 1]]
        # Chains started higher up already hold a vector at this level.
        covered += [_power(inner, len(chain) - level, chain[-1])[:, None] for chain in chains]
        used = np.hstack(covered)
        q = np.linalg.svd(used, full_matrices=False)[0][:, : np.linalg.matrix_rank(used)] if used.size else used
        rest = kernels[level] - q @ (q.conj().T @ kernels[level])
        u, sizes, _ = np.linalg.svd(rest, full_matrices=False)
        wanted = kernels[level].shape[1] - used.shape[1]
        for i in range(max(0, wanted)):
            if sizes[i] < 1e-6:
                raise NoJordanFormError("The Jordan chains are dependent.")
            top = u[:, i]
            top = top * (np.conj(top[np.argmax(np.abs(top))]) / np.abs(top).max())  # real where it can be
            chains.append([_power(inner, k, top) for k in range(level - 1, -1, -1)])
    return [[space @ vector for vector in chain] for chain in chains]


def _power(matrix: ComplexArray, exponent: int, vector: ComplexArray) -> ComplexArray:
    for _ in range(exponent):
        vector = matrix @ vector
    return vector


def jordan_blocks(matrix: FloatArray, tolerance: float) -> list[tuple[int, int]]:
    """Return (first, end) of the Jordan blocks of a matrix that is in Jordan form up to ``tolerance``.

    Raises
    ------
    NoJordanFormError
        when an entry off the diagonal and the one above it is larger than that, or the matrix has rotation blocks.
    """
    size = len(matrix)
    above = np.diagonal(matrix, 1) if size > 1 else np.zeros(0)
    rest = matrix - np.diag(np.diagonal(matrix)) - (np.diag(above, 1) if size > 1 else 0)
    if size and np.abs(rest).max() >= tolerance:
        raise NoJordanFormError(
            f"An entry outside the Jordan band is {np.abs(rest).max():.2g}; less than {tolerance} was expected."
        )
    blocks, first = [], 0
    for i in range(size):
        if i == size - 1 or abs(above[i]) < tolerance:
            blocks.append((first, i + 1))
            first = i + 1
    return blocks
