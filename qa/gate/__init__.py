"""A gate: what a run must hold to for a change to pass. It fails closed: what cannot be decided has failed, and every
failure is told by name, not the first.

``file`` reads it, ``draft`` writes one that a run just passes, ``conditions`` holds a run to it.
"""

from __future__ import annotations

from qa.gate.conditions import Condition, Gated, gated
from qa.gate.draft import draft_gate
from qa.gate.file import Gate, Least, read_gate

__all__ = ["Condition", "Gate", "Gated", "Least", "draft_gate", "gated", "read_gate"]
