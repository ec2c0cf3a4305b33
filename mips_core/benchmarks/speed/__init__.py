"""Speed: ours against what a user would take instead, on the same inputs and in the same run.

A :class:`Contestant` is one way to do one piece of work; ``process`` gives each a process of its own and takes time
and memory; ``comparison`` lets them take turns; ``growth`` follows one stage over the sizes of its input; ``sections``
names the parts, of which each is a module; ``result`` sums up and reads and writes the file (``reading``
tests what it holds); ``promises`` says which promises a run kept.
"""

from mips_core.benchmarks.speed.comparison import Comparison, Measured, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement, importable, versioned
from mips_core.benchmarks.speed.growth import Growth, GrowthPoint, measure_growth
from mips_core.benchmarks.speed.result import Against, SpeedBenchmark, read_speed_benchmark

__all__ = [
    "OURS",
    "Against",
    "Comparison",
    "Contestant",
    "Growth",
    "GrowthPoint",
    "Judgement",
    "Measured",
    "SpeedBenchmark",
    "compare",
    "importable",
    "measure_growth",
    "read_speed_benchmark",
    "versioned",
]
