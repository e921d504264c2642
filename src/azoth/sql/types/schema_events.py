"""What events of a schema happen to, and these: parts that join their parents, tables that come and go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from azoth.event import Dispatch, Events, EventSpec
from azoth.util.signature import called_signature

__all__ = ["DDLEvents", "SchemaEventTarget"]

Copied = TypeVar("Copied")


class SchemaEventTarget:
    """What DDL events happen to: tables, columns and all other parts of a schema, and types that join a column."""

    dispatch: Dispatch

    def _join(self, parent: object) -> None:
        """Become part of a column or a table, and tell those who listen."""
        for listener in self.dispatch.before_parent_attach:
            listener(self, parent)
        self._attach(parent)
        for listener in self.dispatch.after_parent_attach:
            listener(self, parent)

    def _attach(self, parent: Any) -> None:
        """Become part of a column or a table."""
        raise NotImplementedError

    def _heard_by_copy(self, copied: Copied) -> Copied:
        """Let a copy of this part have the listeners that were given ``propagate=True``."""
        own: Dispatch | None = self.__dict__.get("dispatch")
        if own is not None:
            own.pass_on(lambda: DDLEvents._instance_dispatch(copied))
        return copied


class DDLEvents(Events):
    """The events of a Table or a MetaData, or of all of a class; a ``DDL()`` can be the listener, too.

    Listeners of creating and dropping get more by name, if they take it: ``checkfirst``, and those of a metadata
    ``tables``, the tables that are created or dropped.
    """

    def before_create(self, target: object, connection: object) -> None:
        """A table, or the tables of a metadata, are about to be created."""

    def after_create(self, target: object, connection: object) -> None:
        """A table, or the tables of a metadata, were created."""

    def before_drop(self, target: object, connection: object) -> None:
        """A table, or the tables of a metadata, are about to be dropped."""

    def after_drop(self, target: object, connection: object) -> None:
        """A table, or the tables of a metadata, were dropped."""

    def column_reflect(self, inspector: object, table: object, column_info: dict[str, Any]) -> None:
        """A column was read from a database; change what will be made of it in place."""

    def before_parent_attach(self, target: object, parent: object) -> None:
        """A part is about to join its parent: a column its table, a table its metadata."""

    def after_parent_attach(self, target: object, parent: object) -> None:
        """A part has joined its parent; a table that is just made has its columns then."""

    @classmethod
    def _wrap(
        cls, spec: EventSpec, target: object, function: Callable[..., object], options: dict[str, Any]
    ) -> Callable[..., object]:
        is_ddl = spec.name in {"before_create", "after_create", "before_drop", "after_drop"}
        return _telling(function, named=bool(options.get("named"))) if is_ddl else function


def _telling(function: Callable[..., object], *, named: bool) -> Callable[..., object]:
    """Give a listener what it takes by name: many take the target and the connection alone."""
    parameters = called_signature(function).parameters
    takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters.values())

    def taken(facts: Mapping[str, object]) -> Mapping[str, object]:
        return facts if takes_all else {name: facts[name] for name in parameters if name in facts}

    def tell(target: object, connection: object, **facts: object) -> None:
        function(target, connection, **taken(facts))

    def tell_by_name(**facts: object) -> None:
        function(**taken(facts))

    return tell_by_name if named else tell


DDLEvents._accept(SchemaEventTarget)
