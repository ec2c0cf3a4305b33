"""How many threads linear algebra uses, said in the words of its libraries, which read them when first imported."""

import os

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Variables of the environment for one: our matrices are small, so that threads waiting for one another make them
slower, and results must not depend on how many there are."""


def default_to_one_thread() -> None:
    """Set them in this process where the user has not; to be called before NumPy is first imported."""
    for variable, threads in ONE_THREAD.items():
        os.environ.setdefault(variable, threads)
