"""Hidden states and what they remember.

``collect_states`` gathers the hidden states of a network over many sequences, at all
positions.  The integer route gives them integer coordinates: exactly, by reachability,
where the transition is affine (:func:`integer_coordinates`), else by the paper's integer
autoencoder (:func:`integer_code`); ``linear_regions`` gives the slopes of piecewise-linear
networks.  ``integer_weights`` writes a network in such coordinates, with its weights rounded to integers.
:func:`normalise` brings the hidden basis into the paper's normal forms.  For looking at any network,
``clusters`` groups hidden states by distance and counts where that contradicts a machine, ``normal_view`` is the
normal form of a network or of the states that it reaches (``independent_axes``), and ``lattice_evidence`` says whether
they lie on a lattice.  Telling
states apart by their future behaviour alone is the work of :mod:`mips_core.machines.learning`.
"""

from mips_core.states.collect import HiddenStates, collect_states
from mips_core.states.coordinates import IntegerCoordinates
from mips_core.states.krylov import integer_coordinates
from mips_core.states.lattice import IntegerCode, integer_code
from mips_core.states.normal_forms import NormalForm, normalise

__all__ = [
    "HiddenStates",
    "IntegerCode",
    "IntegerCoordinates",
    "NormalForm",
    "collect_states",
    "integer_code",
    "integer_coordinates",
    "normalise",
]
