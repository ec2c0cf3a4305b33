"""What essence networks are taught: the papers' tasks and our own, data from files, and judging at larger sizes."""

from mips_core.essence.tasks.files import data_bytes, make_data, make_samples, parse_data, read_data, write_data
from mips_core.essence.tasks.judging import Judge, Mean, Rival, Scaling
from mips_core.essence.tasks.registry import get, names
from mips_core.essence.tasks.task import EssenceTask, scaling

__all__ = [
    "EssenceTask",
    "Judge",
    "Mean",
    "Rival",
    "Scaling",
    "data_bytes",
    "get",
    "make_data",
    "make_samples",
    "names",
    "parse_data",
    "read_data",
    "scaling",
    "write_data",
]
