"""SchemaItem, what tables are made of, and the conditions under which DDL is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, ClassVar, Final, Self, TypeVar

from azoth import exc
from azoth.sql.types.schema_events import SchemaEventTarget
from azoth.sql.visitors import Written

Copied = TypeVar("Copied")

TABLES_TOO: Final = -1
"""In the memo of ``copy.deepcopy()``, whose other keys are ids: that tables are copied and do not stay as they are."""


class SchemaItem(Written, SchemaEventTarget):
    """A part of a database's schema."""

    __visit_name__: ClassVar[str] = "schema_item"

    @property
    def info(self) -> dict[Any, Any]:
        """Whatever the user wants to note here."""
        notes: dict[Any, Any] = self.__dict__.setdefault("_info", {})
        return notes

    @info.setter
    def info(self, value: Mapping[Any, Any] | None) -> None:
        self.__dict__["_info"] = dict(value or {})

    def _attach(self, parent: Any) -> None:
        """Become part of a column or a table."""
        raise exc.ArgumentError(
            f"{type(self).__name__} cannot be part of {type(parent).__name__} {getattr(parent, 'name', '')}",
            why="a table holds columns, constraints and indexes; a column holds defaults, keys and constraints",
            fix="pass it where it belongs",
            code="AZ-C50",
        )


class DDLCondition:
    """When a DDL statement, or a part of one, is to be written.

    Args:
        dialects: the names of the dialects, None for all.
        decide: a function that decides as well.
        state: passed to that function.
    """

    def __init__(self, dialects: tuple[str, ...] | None, decide: Callable[..., bool] | None, state: object) -> None:
        self.dialects = dialects
        self.decide = decide
        self.state = state

    @classmethod
    def of(cls, dialect: str | Iterable[str] | None, decide: Callable[..., bool] | None, state: object) -> DDLCondition:
        """Make a condition of what ``execute_if()`` and ``ddl_if()`` take.

        Args:
            dialect: the name of the dialect, or several.
            decide: a function that decides.
            state: passed to that function.
        """
        names = (dialect,) if isinstance(dialect, str) else None if dialect is None else tuple(dialect)
        return cls(names, decide, state)

    def holds(self, ddl: Any, target: Any, bind: Any, **kw: Any) -> bool:
        """Tell whether it holds now.

        Args:
            ddl: the statement.
            target: the table, metadata, constraint or index that it is about.
            bind: the engine or connection; None where a statement is compiled.
            kw: what the function is told by name; the dialect is that of the bind where it is not among them.
        """
        dialect = kw.pop("dialect", None) or bind.dialect
        kw.setdefault("compiler", None)
        if self.dialects is not None and dialect.name not in self.dialects:
            return False
        if self.decide is None:
            return True
        return bool(self.decide(ddl, target, bind, state=self.state, dialect=dialect, **kw))


class HasConditionalDDL:
    """A constraint or an index that may be left out of CREATE TABLE under a condition."""

    _ddl_if: DDLCondition | None = None

    def ddl_if(
        self,
        dialect: str | Iterable[str] | None = None,
        callable_: Callable[..., bool] | None = None,
        state: object = None,
    ) -> Self:
        """Let this be created under a condition only.

        Args:
            dialect: the name of the dialect, or several.
            callable_: decides; called with the statement, this object, the bind (None where CREATE TABLE is
                written), and ``state``, ``dialect`` and ``compiler`` by name.
            state: passed to ``callable_``.

        Returns:
            this object.
        """
        self._ddl_if = DDLCondition.of(dialect, callable_, state)
        return self


def deeply_copied(subject: Copied, memo: dict[int, Any]) -> Copied:
    """Copy a table, column or collection of tables with everything that belongs to it.

    Args:
        subject: what is copied.
        memo: what ``copy.deepcopy()`` has copied by now.
    """
    copied = memo[id(subject)] = object.__new__(type(subject))
    state = deepcopy(getattr(subject, "__getstate__")(), memo)  # noqa: B009
    restore = getattr(copied, "__setstate__", None)
    if restore is None:
        copied.__dict__.update(state)
    else:
        restore(state)
    return copied
