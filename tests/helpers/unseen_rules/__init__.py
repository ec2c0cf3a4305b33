"""Small rules from integer sequences to integer sequences, none of them a benchmark task: what users might bring.

``RULES`` holds all by name; ``development()`` may be looked at while methods are made, ``reported()`` only measured.
"""

from unseen_rules.automata import automata
from unseen_rules.rule import Rule
from unseen_rules.statistics import statistics
from unseen_rules.streams import streams

__all__ = ["RULES", "Rule", "development", "reported"]

RULES: dict[str, Rule] = {rule.name: rule for rule in (*statistics(), *streams(), *automata())}


def development() -> list[Rule]:
    """Return the half for development."""
    return [rule for rule in RULES.values() if not rule.reported]


def reported() -> list[Rule]:
    """Return the other half."""
    return [rule for rule in RULES.values() if rule.reported]
