"""Executable, what SELECT and the data-changing statements have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast

from azoth.exc import ArgumentError
from azoth.sql.cache_key import UNCACHEABLE, Shape, shape_of
from azoth.sql.elements import ClauseElement
from azoth.sql.selectable.adapt import replace_consistently
from azoth.sql.selectable.derived_shape import canonical_shape
from azoth.sql.visitors import Visitable
from azoth.util.arguments import check_count, wrong_value
from azoth.util.computed_once import computed_once

__all__ = ["Executable"]

DERIVED = ("_shape", "_binds", "_memo")

OF_CONNECTIONS = ("isolation_level", "compiled_cache")
"""Execution options that a connection has as a whole."""

_new = object.__new__


class Executable(ClauseElement):
    """A whole statement.

    Fields that a statement does not use stay at the defaults of its class and are absent from its ``__dict__``, so that
    copying, keys and compilation cost only what is used. The shape lists the used fields in the order in which they
    came to be, with their names.
    """

    supports_execution: ClassVar[bool] = True
    _field_names: ClassVar[frozenset[str]] = frozenset()
    _execution_options: Mapping[str, Any] = {}
    _with_options: tuple[Any, ...] = ()
    _independent_ctes: tuple[Any, ...] = ()
    _bind: Any = None

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        cls._field_names = frozenset(cls._fields)
        # They are on the path of each execution, and this costs half of what ``__getattr__`` does.
        cls._shape = computed_once(cls._compute_shape, "_shape")  # type: ignore[attr-defined]
        cls._binds = computed_once(cls._compute_binds, "_binds")  # type: ignore[attr-defined]

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

    def compare(self, other: ClauseElement) -> bool:
        """Tell whether another statement is built the same way with the same values."""
        shape = canonical_shape(self._shape)
        if shape == UNCACHEABLE or shape != canonical_shape(other._shape):
            return self is other
        values = [bind.effective_value for bind in self._binds]
        return bool(values == [bind.effective_value for bind in other._binds])

    def execution_options(self, **options: Any) -> Self:
        """Copy this statement with options for its execution.

        Args:
            options: such as ``yield_per`` or ``populate_existing``; they are merged with earlier ones.

        Raises:
            ArgumentError: one of them belongs to connections.
        """
        for name in OF_CONNECTIONS:
            if name in options:
                raise ArgumentError(
                    f"{name!r} is no execution option of a statement",
                    why="it belongs to the connection, which may be in the middle of a transaction",
                    fix="give it to Connection.execution_options(), to the engine, or to session.connection("
                    "execution_options=...)",
                    code="AZ-C320",
                )
        if "yield_per" in options:
            check_count("yield_per", options["yield_per"])
        copy = self._copy()
        copy._execution_options = {**self._execution_options, **options}
        return copy

    def get_execution_options(self) -> Mapping[str, Any]:
        """Give the options for the execution."""
        return self._execution_options

    def options(self, *options: Any) -> Self:
        """Copy this statement with options for loading, such as ``selectinload()``.

        Args:
            options: each has ``_shape`` and ``_binds``.

        Raises:
            ArgumentError: something is no option.
        """
        for option in options:
            if not hasattr(option, "_shape"):
                raise wrong_value(
                    "options(): each",
                    "an option such as selectinload(User.addresses)",
                    option,
                    "write joinedload(User.addresses), defer(User.name) and the like, one after the other",
                )
        copy = self._copy()
        copy._with_options = (*self._with_options, *options)
        return copy

    def with_options(self, *options: Any) -> Self:
        """Do the same as ``options()``."""
        return self.options(*options)

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


def collect_binds(value: Any, binds: list[Any]) -> None:
    """Add the bind parameters below a field to a list."""
    if value.__class__ is tuple:
        for part in value:
            collect_binds(part, binds)
    else:
        binds.extend(getattr(value, "_binds", ()))
