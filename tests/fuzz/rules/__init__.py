"""The differences that are meant: each rule names one that ``docs/differences.md`` tells of, and says how it is known.

A rule is as narrow as it can be: what it explains is never looked at again. Where both worlds go ways of their own from
there on (one has written what the other refuses, say) the sequence ends.
"""

from __future__ import annotations

from tests.fuzz.rules import (
    cascades,
    errors,
    flushes,
    hierarchies,
    known,
    loading,
    merging,
    objects,
    relationships,
    transactions,
    values,
)
from tests.fuzz.rules.case import Case
from tests.fuzz.rules.rule import Rule

__all__ = ["RULES", "Case", "Rule"]

RULES = (
    *hierarchies.RULES,
    *objects.RULES,
    *merging.RULES,
    *flushes.RULES,
    *cascades.RULES,
    *loading.RULES,
    *transactions.RULES,
    *relationships.RULES,
    *values.RULES,
    *known.RULES,
    *errors.RULES,
)
"""The first one that explains a difference says how it goes on."""
