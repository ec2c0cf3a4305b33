"""Condensing: from a network's weights to groups of like neurons, with loops, at every size.

``patterns`` writes the weights of one neuron as few sums over regions, ``neurons`` does so for a layer, ``places``
finds loops that run through the places of like neurons, ``grouping`` puts both together at one size (and reads networks
with an output per cell around each cell), ``sizes`` turns numbers into formulas in the sizes.  :func:`condense` is the
face.  Nothing is rounded or left out: the groups give the network's weights back exactly.
"""

from mips_core.essence.condensing.condense import condense
from mips_core.essence.condensing.sizes import written

__all__ = ["condense", "written"]
