"""Deep Distilling: essence neural networks, condensed without loss into code with loops.

:func:`mips_core.essence.pipeline.distill_essence` goes the whole way.  ``data`` and ``tasks`` say what is taught;
``training`` makes an :class:`EssenceNetwork` (``network``) without back-propagation; ``condensing`` finds groups of
like neurons and loops over them at every size (``condensed``); ``writing`` makes a program of them (``drafting`` tries
the ``readings`` that fit the data); ``certify`` compares layers and code with the network, with ``regenerate`` writing
the weights out again.  Nothing knows which task the data are of.
"""

from mips_core.essence.data import EssenceData, Reading, Samples
from mips_core.essence.network import EssenceNetwork, Layer

__all__ = ["EssenceData", "EssenceNetwork", "Layer", "Reading", "Samples"]
