"""The types of what is selected: type checkers read the columns of a result from them, up to ten."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

from azoth.sql.elements import SQLColumnExpression

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
G = TypeVar("G")
H = TypeVar("H")
I = TypeVar("I")
J = TypeVar("J")

Entity: TypeAlias = type[A] | SQLColumnExpression[A]
"""A mapped class, an attribute of one, a column or an expression."""
