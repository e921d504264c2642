"""MappedTable: one table as a mapper writes it, or the mappers of a hierarchy: the unit of everything a flush does."""

from __future__ import annotations

import weakref
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.mapping.mapper.mapped_tables import columns_by_table
from azoth.orm.mapping.properties.column_property import ColumnProperty
from azoth.orm.persistence.profile.key_rule import KeyRule
from azoth.orm.persistence.profile.table_columns import TableColumns
from azoth.orm.persistence.profile.table_rules import TableRules
from azoth.sql.selectable.from_clause import lineage_of

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.schema import Table


class MappedTable(TableColumns):
    """One table as one mapper writes it, or several of one hierarchy; a state has one row in each table of its mapper.

    Two mappers may share a table, and a mapper of a join has several; nothing here depends on a dialect.

    Args:
        mapper: the mapper; of several, the topmost one.
        table: the table.
        columns: attribute key -> the table's column.
        key_columns: the columns by which the table's rows are found.
        before: the mapper's tables that are inserted earlier.
        table_ids: the ids of all tables of the mapper, or mappers.
        parts: the table as each of several mappers writes it by itself; none where there is one mapper.

    Attributes:
        mapper, table, columns, before, table_ids: as given.
        mappers: the mappers that write it.
        parts: the table as each mapper writes it by itself, where their classes differ in what is inserted; else None.
        update_parts: the same where their classes differ in what an UPDATE changes besides; else None.
        expression_keys: the attributes of the mappers that hold SQL expressions, which are computed anew after a flush.
        is_first: whether no other table of the mapper is inserted earlier.
        is_alone: whether the mappers have no other table.
        identifies: whether an object has its whole key once its row in this table is there.
        key_columns, key_keys: the columns by which rows are found, and their attribute keys.
        partial_keys: the attributes among these that may be NULL beside others of the key that are not.
        is_certain: whether it is certain that each object has a row: its key is that of the object.
        fetched_keys: the attributes that an INSERT must know the values of: those of the table's and the mapper's key.
        version_column, version_key: the column that is checked and counted here, and its attribute; or None.
        given_keys: the attributes whose values are made for an earlier table.
        later_keys: mapper -> the attributes that have a column in a later table of it, too.
        twins: attribute key -> another attribute of the same value: that of the table's own column of an inherited key.
        rules: the foreign keys and unique rules of the table.
        own_rules: which earlier tables of the same mapper must have their row first, for want of a foreign key.
        statements: the compiled statements, by dialect.
    """

    __slots__ = (
        "before", "expression_keys", "fetched_keys", "given_keys", "identifies", "is_alone", "is_certain", "is_first",
        "key_columns", "key_keys", "later_keys", "mapper", "mappers", "own_rules", "partial_keys", "parts", "rules",
        "statements", "table_ids", "twins", "update_parts", "version_column", "version_key",
    )  # fmt: skip

    def __init__(
        self,
        mapper: Mapper,
        table: Table,
        columns: dict[str, Any],
        key_columns: Sequence[Any],
        before: Sequence[MappedTable],
        table_ids: frozenset[int],
        parts: Sequence[MappedTable] = (),
    ) -> None:
        TableColumns.__init__(self, table, columns)
        self.mapper = mapper
        self.before = before
        self.table_ids = table_ids
        self.mappers: tuple[Mapper, ...] = tuple([part.mapper for part in parts]) or (mapper,)
        self.parts: dict[Mapper, MappedTable] | None = None
        self.update_parts: dict[Mapper, MappedTable] | None = None
        self.expression_keys = frozenset(
            [key for one in self.mappers for key in one.expression_keys if _is_computed_anew(one.attrs[key])]
        )
        self.is_first = not before
        self.is_alone = len(table_ids) == 1
        self.key_columns = tuple(key_columns)
        self.key_keys: tuple[str, ...] = tuple([self._keys[column] for column in key_columns])
        may_be_partial = mapper.allow_partial_pks and len(self.key_columns) > 1
        self.partial_keys: tuple[str, ...] = tuple(
            [
                key
                for key, column in zip(self.key_keys, key_columns, strict=True)
                if may_be_partial and column.nullable and column is not table.autoincrement_column
            ]
        )
        of_mapper = [key for key in mapper.primary_key_keys if key in columns]
        self.identifies = self.is_alone or (self.is_first and set(mapper.primary_key_keys) <= set(self.key_keys))
        self.is_certain = self.key_keys == mapper.primary_key_keys and not mapper.composite_key
        self.fetched_keys: tuple[str, ...] = tuple(dict.fromkeys([*self.key_keys, *of_mapper]))
        version_key = mapper.version_id_key
        is_versioned = (
            version_key is not None
            and version_key in columns
            and columns[version_key] in frozenset(lineage_of(mapper.version_id_col))
        )
        self.version_key: str | None = version_key if is_versioned else None
        self.version_column = None if self.version_key is None else columns[self.version_key]
        self.rules = TableRules(table)
        self.own_rules = tuple([_rule_between(self, one, shared) for one in before if (shared := _shared(self, one))])
        self.later_keys: dict[Mapper, frozenset[str]] = {}
        self.twins: dict[str, str] = _twins(mapper, table)
        copied = [twin for twin in self.twins.values() if twin in columns]
        self.given_keys = frozenset([*[key for one in before for key in one.key_keys if key in columns], *copied])
        self.statements: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()

    def has_keys(self, mapper: Mapper, keys: Collection[str]) -> bool:
        """Tell whether the objects of one of the mappers have all of some attributes of the table."""
        if self.parts is None:
            return True
        columns = self.parts[mapper].columns
        return all(key in columns for key in keys)


def mapped_tables(mapper: Mapper) -> tuple[MappedTable, ...]:
    """List the tables that a mapper writes, in an order in which the rows of one object can be inserted.

    A table behind the mapping whose primary key is not mapped has no row that could be found again: it is only read.
    """
    by_key = mapper.columns_by_key()
    by_table = columns_by_table(
        mapper.persist_selectable, {key: by_key[key] for key in mapper.column_keys}, mapper.tables
    )
    key_columns = {table: _key_columns(mapper, table, columns) for table, columns in by_table.items()}
    written = [table for table in mapper.tables if key_columns.get(table)]
    table_ids = frozenset([id(table) for table in written])
    found: list[MappedTable] = []
    for table in written:
        found.append(MappedTable(mapper, table, by_table[table], key_columns[table], tuple(found), table_ids))
    for place, mapped in enumerate(found):
        later = frozenset([key for one in found[place + 1 :] for key in one.columns])
        mapped.later_keys = {mapper: later & mapped.columns.keys()}
    return tuple(found)


def _is_computed_anew(expression: object) -> bool:
    return isinstance(expression, ColumnProperty) and expression.expire_on_flush


def _key_columns(mapper: Mapper, table: Table, columns: Mapping[str, Any]) -> list[Any]:
    if table is mapper.persist_selectable:
        return list(mapper.primary_key)
    mapped = dict.fromkeys(columns.values())
    own = list(table.primary_key)
    if own and all(column in mapped for column in own):
        return own
    if mapper.options.primary_key is None:
        return []
    given = set(mapper.primary_key)
    return [column for column in mapped if column in given]


def _twins(mapper: Mapper, table: Table) -> dict[str, str]:
    """Find the attributes whose column of a table stands under that of a base class, with this one's key."""
    pairs = () if mapper.inheritance is None else mapper.inheritance.all_pairs
    keys = mapper.column_to_key
    equal = {own: keys[column] for column, own in pairs if own.table is table and column in keys}
    return {equal[column]: key for key, column in mapper.columns.items() if column in equal and equal[column] != key}


def _shared(table: MappedTable, earlier: MappedTable) -> list[str]:
    return [key for key in earlier.key_keys if key in table.columns]


def _rule_between(table: MappedTable, earlier: MappedTable, shared: Sequence[str]) -> KeyRule:
    columns = tuple([table.columns[key] for key in shared])
    targets = tuple([earlier.columns[key] for key in shared])
    return KeyRule(table.table, columns, targets, "mapping", table.mapper.class_.__name__, deferred=False)
