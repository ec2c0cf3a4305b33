"""Condensed networks as plain JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mips_core.essence.condensed import Affine, At, Axis, Condensed, Group, Loop, Region, Span, Term


def condensed_to_dict(condensed: Condensed) -> dict[str, Any]:
    """Return plain JSON values."""
    return {
        "axes": condensed.axes,
        "layers": [[_group(group) for group in layer] for layer in condensed.layers],
        "sizes": [list(size) for size in condensed.sizes],
        "scale": condensed.scale,
        "decides": condensed.decides,
        "several": condensed.several,
        "assumed": list(condensed.assumed),
        "neurons": [{name: _ranges(numbers) for name, numbers in size.items()} for size in condensed.neurons],
    }


def condensed_from_dict(value: Mapping[str, Any]) -> Condensed:
    """Return what :func:`condensed_to_dict` wrote.

    Raises
    ------
    LookupError, TypeError, ValueError
        when it wrote something else.
    """
    return Condensed(
        int(value["axes"]),
        tuple(tuple(_read_group(group) for group in layer) for layer in value["layers"]),
        tuple(tuple(size) for size in value["sizes"]),
        int(value["scale"]),
        bool(value["decides"]),
        bool(value["several"]),
        tuple(value["assumed"]),
        tuple({name: _read_ranges(numbers) for name, numbers in size.items()} for size in value["neurons"]),
    )


def _ranges(numbers: Sequence[int]) -> list[list[int]]:
    """Return numbers as runs (first, count), each going up by one."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][0] + runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([int(number), 1])
    return runs


def _read_ranges(runs: Sequence[Sequence[int]]) -> tuple[int, ...]:
    return tuple(number for first, count in runs for number in range(first, first + count))


def _affine(value: Affine) -> list[Any]:
    return [value.constant, [list(term) for term in value.terms], value.modulus]


def _read_affine(value: Sequence[Any]) -> Affine:
    constant, terms, modulus = value
    return Affine(int(constant), tuple((str(name), int(factor)) for name, factor in terms), modulus)


def _axis(axis: Axis) -> list[Any]:
    return [_affine(axis.index)] if isinstance(axis, At) else [_affine(axis.start), _affine(axis.stop)]


def _read_axis(value: Sequence[Any]) -> Axis:
    parts = [_read_affine(part) for part in value]
    return At(parts[0]) if len(parts) == 1 else Span(*parts)


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "layer": group.layer,
        "loops": [[each.variable, _affine(each.start), _affine(each.stop), each.other_than] for each in group.loops],
        "terms": [
            [_affine(term.coefficient), term.region.array, [_axis(axis) for axis in term.region.axes]]
            for term in group.terms
        ],
        "bias": _affine(group.bias),
        "mirrored": group.mirrored,
        "head": _affine(group.head),
        "label": _affine(group.label),
    }


def _read_group(value: Mapping[str, Any]) -> Group:
    return Group(
        str(value["name"]),
        int(value["layer"]),
        tuple(
            Loop(name, _read_affine(start), _read_affine(stop), other) for name, start, stop, other in value["loops"]
        ),
        tuple(
            Term(_read_affine(factor), Region(str(array), tuple(_read_axis(axis) for axis in axes)))
            for factor, array, axes in value["terms"]
        ),
        _read_affine(value["bias"]),
        bool(value["mirrored"]),
        _read_affine(value["head"]),
        _read_affine(value["label"]),
    )
