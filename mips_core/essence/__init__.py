"""Deep Distilling: essence neural networks, condensed without loss into code with loops.

Data teach an :class:`EssenceNetwork` without back-propagation (``data``, ``network``); condensing finds the groups of
like neurons and the loops over them at every size (``condensed``).
"""

from mips_core.essence.data import EssenceData, Reading, Samples
from mips_core.essence.network import EssenceNetwork, Layer

__all__ = ["EssenceData", "EssenceNetwork", "Layer", "Reading", "Samples"]
