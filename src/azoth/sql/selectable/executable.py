"""Statement, what SELECT and the data-changing statements have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVarTuple, cast

from azoth.exc import ArgumentError
from azoth.sql.cache_key import UNCACHEABLE, Shape, shape_of
from azoth.sql.elements import ClauseElement, Executable
from azoth.sql.selectable.adapt import replace_consistently
from azoth.sql.selectable.derived_shape import canonical_shape
from azoth.sql.visitors import Visitable
from azoth.util.computed_once import computed_once

__all__ = ["Executable", "Statement", "TakesExtensions", "TypedReturnsRows"]

RowTypes = TypeVarTuple("RowTypes")

DERIVED = ("_shape", "_binds", "_memo")

_new = object.__new__


class Statement(Executable):
    """A whole statement.

    Fields that a statement does not use stay at the defaults of its class and are absent from its ``__dict__``, so that
    copying, keys and compilation cost only what is used. The shape lists the used fields in the order in which they
    came to be, with their names.
    """

    _field_names: ClassVar[frozenset[str]] = frozenset()
    _independent_ctes: tuple[Any, ...] = ()
    _bind: Any = None

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        cls._field_names = frozenset(cls._fields)
        # They are on the path of each execution, and this costs half of what ``__getattr__`` does.
        if "_shape" not in cls.__dict__:
            cls._shape = computed_once(cls._compute_shape, "_shape")
        cls._binds = computed_once(cls._compute_binds, "_binds")  # type: ignore[assignment]

    def _copy(self) -> Self:
        copy = _new(self.__class__)
        state = self.__dict__.copy()
        if "_shape" in state or "_memo" in state:
            for derived in DERIVED:
                state.pop(derived, None)
        copy.__dict__ = state
        return copy

    def _copy_with(self, **fields: object) -> Self:
        copy = self._copy()
        copy.__dict__.pop("_binds", None)
        copy.__dict__.update(fields)
        return copy

    def _compute_shape(self) -> Shape:
        parts: list[Shape] = [self.__visit_name__]
        names = self._field_names
        for name, value in self.__dict__.items():
            if name in names:
                shape = shape_of(value)
                if shape == UNCACHEABLE:
                    return UNCACHEABLE
                parts.append(name)
                parts.append(shape)
        return tuple(parts)

    def _compute_binds(self) -> tuple[Any, ...]:  # type: ignore[override]
        names = self._field_names
        binds: list[Any] = []
        for name, value in self.__dict__.items():
            if name in names:
                collect_binds(value, binds)
        return tuple(binds)

    def _with_values(self, values: Mapping[str, Any], unique: bool) -> Self:
        def exchanged(node: Visitable) -> Visitable | None:
            if node.__visit_name__ != "bindparam":
                return None
            bind: Any = node
            if bind.key in values:
                bind = bind._with_value(values[bind.key])
            return cast(Visitable, bind._made_unique() if unique else bind)

        return replace_consistently(self, exchanged)

    def _structure(self) -> Shape:
        return canonical_shape(self._shape)

    def add_cte(self, *ctes: Any, nest_here: bool = False) -> Self:
        """Copy this statement with CTEs in front of it, also where it does not refer to them.

        Args:
            ctes: the CTEs, made by ``cte()``.
            nest_here: keep them in this statement when it becomes part of another one.
        """
        copy = self._copy()
        added = tuple(cte._copy_with(nesting=True) for cte in ctes) if nest_here else ctes
        copy._independent_ctes = (*self._independent_ctes, *added)
        return copy


class TypedReturnsRows(Statement, Generic[*RowTypes]):
    """A statement of which type checkers know the types of the columns: ``TypedReturnsRows[int, str]``."""


ExecutableStatement = Statement
"""The name of SQLAlchemy."""


class TakesExtensions(Statement):
    """A statement that has places for clauses of a program's own."""

    _extension_points: ClassVar[tuple[str, ...]] = ()
    _extensions: tuple[tuple[str, ClauseElement], ...] = ()
    """Pairs of place and clause, in order."""

    def ext(self, extension: object) -> Self:
        """Copy this statement with a clause of a program's own.

        Args:
            extension: the clause, a ``SyntaxExtension``; it chooses its place.

        Raises:
            ArgumentError: it is no clause of this kind.
            NotImplementedError: it is not for such statements.
        """
        apply = getattr(extension, f"apply_to_{self.__visit_name__}", None)
        if apply is None or not isinstance(extension, ClauseElement):
            raise ArgumentError(
                f"ext() takes a syntax extension, not an object of {type(extension).__name__}",
                why="a clause says by itself where in a statement it stands",
                fix="derive its class from SyntaxExtension and ClauseElement, and define apply_to_"
                f"{self.__visit_name__}()",
                code="AZ-C605",
            )
        copy = self._copy()
        apply(copy)
        return copy

    def apply_syntax_extension_point(
        self, apply_fn: Callable[[Sequence[ClauseElement]], Iterable[ClauseElement]], position: str
    ) -> None:
        """Change what stands at one of this statement's places; for ``apply_to_…()`` of an extension.

        Args:
            apply_fn: called with the clauses that stand there; gives those that stand there from now on.
            position: the place.

        Raises:
            ArgumentError: there is no such place.
        """
        if position not in self._extension_points:
            places = ", ".join(self._extension_points)
            raise ArgumentError(
                f"{type(self).__name__} has no place {position!r} for a syntax extension",
                why=f"its places are {places}",
                fix=f"use one of {places}",
                code="AZ-C606",
            )
        others = tuple([pair for pair in self._extensions if pair[0] != position])
        self._extensions = (*others, *[(position, clause) for clause in apply_fn(self._at(position))])
        # Several may be applied by one extension, and the statement looked at in between.
        for derived in DERIVED:
            self.__dict__.pop(derived, None)

    def _at(self, position: str) -> list[ClauseElement]:
        return [clause for place, clause in self._extensions if place == position]


def collect_binds(value: Any, binds: list[Any]) -> None:
    """Add the bind parameters below a field to a list."""
    if value.__class__ is tuple:
        for part in value:
            collect_binds(part, binds)
    else:
        binds.extend(getattr(value, "_binds", ()))
