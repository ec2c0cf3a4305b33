"""Calls of the page "Deep Distilling" to the core that are worth keeping between reruns."""

import streamlit as st

from mips_core.essence.certify import Examination, examine
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.readings import alphabet
from mips_core.essence.stored import StoredEssence, read_stored, shipped_folder
from mips_core.essence.stored_making import distill_task
from mips_core.essence.tasks import registry
from mips_core.essence.writing import InputValues
from mips_core.views.essence_selection import Shown

CASES = 400
"""Inputs of a comparison that a reader waits for, where there are too many for all."""


@st.cache_resource(max_entries=32, show_spinner="Reading the stored result")
def shipped(name: str) -> StoredEssence:
    """Return a result that ships."""
    return read_stored(shipped_folder(), name, registry.get(name).data())


@st.cache_resource(max_entries=64, show_spinner="Training, condensing and checking")
def distilled_now(task: str) -> StoredEssence:
    """Return the result of a task whose data are small."""
    return distill_task(task)


def shown(stored: StoredEssence) -> Shown:
    """Return what the panels show of a result."""
    lines = len(stored.source.splitlines())
    return Shown(stored.samples, stored.network, stored.condensed, stored.lines, lines)


def examination(stored: StoredEssence) -> Examination:
    """Return the questions that compare programs with the network of a result."""
    return _examination(stored.digest, stored)


@st.cache_resource(max_entries=16, show_spinner=False)
def _examination(digest: str, _stored: StoredEssence) -> Examination:
    return examined(_stored, _stored.network)


def examined(stored: StoredEssence, network: EssenceNetwork) -> Examination:
    """Return the questions for a network that may have been changed."""
    values = InputValues(stored.low, stored.high, stored.whole)
    return examine(
        [network], stored.condensed, stored.reading, [stored.samples.x], values=alphabet(values), cases=CASES
    )
