"""The operators that PostgreSQL has beyond those of all databases."""

from __future__ import annotations

from typing import Any, Final

from azoth.sql.elements import ColumnElement
from azoth.sql.operators import Comparator, Operator, custom_op, eq, facts_of, json_getitem_op

__all__ = [
    "ADJACENT_TO",
    "ASTEXT",
    "CONTAINED_BY",
    "CONTAINS",
    "DELETE_PATH",
    "EAGERLY_GROUPED",
    "HAS_ALL",
    "HAS_ANY",
    "HAS_KEY",
    "NOT_EXTEND_LEFT_OF",
    "NOT_EXTEND_RIGHT_OF",
    "OVERLAP",
    "PATH_ASTEXT",
    "PATH_EXISTS",
    "PATH_MATCH",
    "STRICTLY_LEFT_OF",
    "STRICTLY_RIGHT_OF",
    "OwnOperators",
]

_PART: Final = facts_of(json_getitem_op).precedence
_COMPARISON: Final = facts_of(eq).precedence


def _comparison(symbol: str) -> custom_op:
    return custom_op(symbol, precedence=_COMPARISON, is_comparison=True)


ASTEXT: Final = custom_op("->>", precedence=_PART, natural_self_precedent=True, eager_grouping=True)
PATH_ASTEXT: Final = custom_op("#>>", precedence=_PART, natural_self_precedent=True, eager_grouping=True)
DELETE_PATH: Final = custom_op("#-", precedence=_PART, natural_self_precedent=True, eager_grouping=True)

HAS_KEY: Final = _comparison("?")
HAS_ALL: Final = _comparison("?&")
HAS_ANY: Final = _comparison("?|")
CONTAINS: Final = _comparison("@>")
CONTAINED_BY: Final = _comparison("<@")
OVERLAP: Final = _comparison("&&")
PATH_EXISTS: Final = _comparison("@?")
PATH_MATCH: Final = _comparison("@@")
STRICTLY_LEFT_OF: Final = _comparison("<<")
STRICTLY_RIGHT_OF: Final = _comparison(">>")
NOT_EXTEND_RIGHT_OF: Final = _comparison("&<")
NOT_EXTEND_LEFT_OF: Final = _comparison("&>")
ADJACENT_TO: Final = _comparison("-|-")

EAGERLY_GROUPED: Final = frozenset({ASTEXT, PATH_ASTEXT, DELETE_PATH})
"""These stand in parentheses inside of every other operation: PostgreSQL has them at the level of most others."""


class OwnOperators(Comparator):
    """What the operators of PostgreSQL's types stand on."""

    def _apply(self, op: Operator, other: object) -> ColumnElement[Any]:
        found: ColumnElement[Any] = self.operate(op, other)
        return found
