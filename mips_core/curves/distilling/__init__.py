"""Distilling: from an additive teacher to few straight pieces for each feature, and what that costs on held-out rows.

``pipeline`` is the whole.  ``features`` fits one feature, by its ``ladder`` of terms with more and more segments;
``price`` says what a misfit and a number in the code cost, ``choosing`` how many segments each feature gets; ``refit``
may move all knots together, ``finishing`` rounds, ``verifying`` compares the emitted module with the model.
``measures`` judge a study.
"""

from mips_core.curves.distilling.features import fit_feature
from mips_core.curves.distilling.measures import SegmentsPoint, metric_by_segments, study_metrics, with_model
from mips_core.curves.distilling.pipeline import distill_curves

__all__ = ["SegmentsPoint", "distill_curves", "fit_feature", "metric_by_segments", "study_metrics", "with_model"]
