"""Curve distillation: an additive model as piecewise-linear curves that a person can read and edit.

``table`` reads any table and ``bundled`` brings three; ``teachers`` learn an additive model on training rows and say
what each feature adds; ``fitting`` draws one curve of few straight pieces through that; ``distilling`` does it for all
features, and chooses how many pieces each is worth.  A ``model`` of ``curve`` and level terms is the result, ``module``
its Python text, which ``literals`` and ``reading`` take in without running it; ``editing`` changes it by hand,
``explaining`` says what one prediction is made of, ``metrics`` and ``spread`` judge it.  A ``study`` holds all of this,
``stored`` on disk.
"""

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.fitting import fit_pwl
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm

__all__ = ["AdditiveModel", "CurveError", "CurveTerm", "LevelTerm", "PWLCurve", "fit_pwl"]
