"""Primary keys and identity keys of the instances of one mapper."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from azoth.orm.runtime.state import state_of

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager

    class RowPort(Protocol):
        """A row, with its values by column."""

        @property
        def _mapping(self) -> Mapping[Any, Any]: ...

    class ColumnAdapter(Protocol):
        """What stands for a table: its columns by those of the table."""

        @property
        def columns(self) -> Mapping[Any, Any]:
            """The columns."""
            ...


class MapperIdentity:
    """The part of a mapper that makes keys.

    Attributes:
        manager: the instrumentation of the class; keys are those of the class of its root.
        primary_key: the columns that identify a row.
        primary_key_keys: their attribute keys.
        composite_key: whether a row is identified by several columns.
        allow_partial_pks: whether a composite key may contain NULL.
    """

    manager: ClassManager
    primary_key: tuple[Any, ...]
    primary_key_keys: tuple[str, ...]
    composite_key: bool
    allow_partial_pks: bool

    def identity_key_from_primary_key(self, primary_key: Any, identity_token: Hashable = None) -> tuple[Any, ...]:
        """Make the identity key of a primary key: ``(class, (value, ...), identity token)``."""
        return self.manager.root.class_, tuple(primary_key), identity_token

    def identity_key_from_row(
        self, row: RowPort | Mapping[Any, Any], identity_token: Hashable = None, adapter: ColumnAdapter | None = None
    ) -> tuple[Any, ...]:
        """Make the identity key from a row that has the primary key's columns.

        Args:
            row: a row, or its mapping.
            identity_token: what tells it from others with its primary key.
            adapter: what has the columns of the row in ``columns``, by those of the primary key, where the row was
                selected from something that stands for the table.
        """
        values = row if isinstance(row, Mapping) else row._mapping
        columns = self.primary_key if adapter is None else [adapter.columns[column] for column in self.primary_key]
        return self.manager.root.class_, tuple([values[column] for column in columns]), identity_token

    def identity_key_from_instance(self, instance: object) -> tuple[Any, ...]:
        """Make the identity key of an instance from its present values."""
        return (
            self.manager.root.class_,
            tuple(self.primary_key_from_instance(instance)),
            state_of(instance).identity_token,
        )

    def primary_key_from_instance(self, instance: object) -> list[Any]:
        """List the present primary key values of an instance; one that was never set is None."""
        pk = state_of(instance).pk
        values = instance.__dict__
        if pk is None:
            return [values.get(key) for key in self.primary_key_keys]
        known = pk if self.composite_key else (pk,)
        return [values.get(key, old) for key, old in zip(self.primary_key_keys, known, strict=True)]

    def pk_from_values(self, values: dict[str, Any]) -> Any:
        """Make the plain primary key from values by attribute key: a value, a tuple, or None if incomplete."""
        keys = self.primary_key_keys
        if len(keys) == 1:
            return values.get(keys[0])
        pk = tuple([values.get(key) for key in keys])
        if None in pk and (not self.allow_partial_pks or all(part is None for part in pk)):
            return None
        return pk
