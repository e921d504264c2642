"""NULL, true and false."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from azoth.sql.cache_key import Shape
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.operators import Operator
from azoth.sql.types import BOOLEANTYPE, NULLTYPE

__all__ = ["FALSE", "NULL", "TRUE", "False_", "Null", "True_", "false", "null", "true"]


class Constant(ColumnElement[Any]):
    """A word of SQL that is a value."""

    _is_atomic: ClassVar[bool] = True
    _binds: tuple[Any, ...] = ()

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Need no parentheses."""
        return self

    def _compute_shape(self) -> Shape:
        return (self.__visit_name__,)


class Null(Constant):
    """NULL."""

    __visit_name__: ClassVar[str] = "null"
    type = NULLTYPE


class True_(Constant):
    """The truth value true; 1 where the database has no boolean type."""

    __visit_name__: ClassVar[str] = "true"
    type = BOOLEANTYPE

    def _negate(self) -> ColumnElement[Any]:
        return FALSE


class False_(Constant):
    """The truth value false; 0 where the database has no boolean type."""

    __visit_name__: ClassVar[str] = "false"
    type = BOOLEANTYPE

    def _negate(self) -> ColumnElement[Any]:
        return TRUE


NULL: Final = Null()
TRUE: Final = True_()
FALSE: Final = False_()


def null() -> Null:
    """Make NULL."""
    return NULL


def true() -> True_:
    """Make the truth value true."""
    return TRUE


def false() -> False_:
    """Make the truth value false."""
    return FALSE
