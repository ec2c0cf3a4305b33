"""The text of a model, and the model of a text.

``emit`` writes a module that runs by itself (``writing`` its data, ``functions`` the functions below, ``columnwise``
those of the NumPy twin); ``parse`` reads it back without running it.  ``notation`` is the short form of
Ravina et al. 2021.
"""

from mips_core.curves.module.emit import MEANINGS, module_about, module_function, module_source, numpy_source
from mips_core.curves.module.notation import model_text, read_model_text
from mips_core.curves.module.parse import read_module

__all__ = [
    "MEANINGS",
    "model_text",
    "module_about",
    "module_function",
    "module_source",
    "numpy_source",
    "read_model_text",
    "read_module",
]
