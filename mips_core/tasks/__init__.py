"""Tasks: where the data come from.

A :class:`Task` is a named rule with its inputs and its sampler; the 62 of the
MIPS benchmark stand in ``registry``, their rules in modules by idea:
``pointwise`` (no memory), ``windows`` (the last few inputs), ``running``
(everything so far), ``arithmetic`` (carries), ``prefixes`` and ``motion``.
``sampling`` holds the two unusual ways to draw inputs.  A :class:`Dataset` is
what training and checking see: sequences from a task, or from a file that
nobody described to us, read by ``readers`` and checked by ``arrays``.  Symbols of a file may be words: a
:class:`Vocabulary` numbers them.  ``contradictions`` finds where data contradict
themselves.
"""

from mips_core.tasks.contradictions import Contradictions, find_contradictions
from mips_core.tasks.csv_format import csv_text, write_csv
from mips_core.tasks.dataset import Dataset, make_dataset
from mips_core.tasks.integers import Integers
from mips_core.tasks.npz_format import npz_bytes, write_npz
from mips_core.tasks.readers import dataset_from_bytes, is_dataset_file, read_dataset
from mips_core.tasks.registry import all_tasks, get, names, oracle
from mips_core.tasks.task import Task
from mips_core.tasks.vocabulary import Vocabulary

__all__ = [
    "Contradictions",
    "Dataset",
    "Integers",
    "Task",
    "Vocabulary",
    "all_tasks",
    "csv_text",
    "dataset_from_bytes",
    "find_contradictions",
    "get",
    "is_dataset_file",
    "make_dataset",
    "names",
    "npz_bytes",
    "oracle",
    "read_dataset",
    "write_csv",
    "write_npz",
]
