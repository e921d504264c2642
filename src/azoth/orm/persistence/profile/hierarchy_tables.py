"""The tables of a hierarchy of classes, as a flush writes them: each once for all classes that have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from azoth.orm.mapping.derived import derived
from azoth.orm.persistence.profile.mapped_table import MappedTable, mapped_tables
from azoth.orm.persistence.profile.table_columns import has_own_value
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.sql.schema import Column

Tables = tuple[MappedTable, ...]


class TablesOfMapper(NamedTuple):
    """The tables of one mapper, in an order in which the rows of one object can be inserted.

    Attributes:
        own: as the mapper writes them by itself.
        shared: the same as a flush writes them, together with the rows of other classes of the hierarchy.
    """

    own: Tables
    shared: Tables


@derived
def hierarchy_tables(base_mapper: Mapper) -> dict[Mapper, TablesOfMapper]:
    """Give the tables of all mappers of a hierarchy.

    Args:
        base_mapper: the mapper of the topmost class.
    """
    mappers = base_mapper.self_and_descendants
    if len(mappers) == 1:
        tables = mapped_tables(base_mapper)
        return {base_mapper: TablesOfMapper(tables, tables)}
    own = {mapper: mapped_tables(mapper) for mapper in mappers}
    shared: dict[MappedTable, MappedTable] = {}
    for alike in _alike([mapped for tables in own.values() for mapped in tables]):
        together = _together(alike) if len(alike) > 1 else alike[0]
        shared.update(dict.fromkeys(alike, together))
    return {
        mapper: TablesOfMapper(tables, tuple([shared[mapped] for mapped in tables])) for mapper, tables in own.items()
    }


def _alike(tables: Iterable[MappedTable]) -> Iterator[list[MappedTable]]:
    """Put those together that are one table under the same attributes."""
    found: dict[int, list[list[MappedTable]]] = {}
    for mapped in tables:
        groups = found.setdefault(id(mapped.table), [])
        group = next((one for one in groups if all(_agree(mapped, other) for other in one)), None)
        if group is None:
            groups.append([mapped])
        else:
            group.append(mapped)
    for groups in found.values():
        yield from groups


def _agree(one: MappedTable, other: MappedTable) -> bool:
    """Tell whether rows of two classes can be written together: what both have means the same."""
    first, second = one.mapper, other.mapper
    return (
        first.manager.root is second.manager.root
        and first.primary_key_keys == second.primary_key_keys
        and first.version_id_generator is second.version_id_generator
        and one.is_first == other.is_first
        and one.key_columns == other.key_columns
        and one.key_keys == other.key_keys
        and one.given_keys == other.given_keys
        and one.version_key == other.version_key
        and one.twins == other.twins
        and [before.table for before in one.before] == [before.table for before in other.before]
        and all(other.columns.get(key, column) is column for key, column in one.columns.items())
        and all(other.key_of(column) in (None, key) for key, column in one.columns.items())
    )


def _together(parts: list[MappedTable]) -> MappedTable:
    """Make one table of those that agree; it keeps them apart by what an INSERT of their rows has to say."""
    top = parts[0]
    columns = {key: column for part in parts for key, column in part.columns.items()}
    order = {column: place for place, column in enumerate(top.table.c)}
    columns = dict(sorted(columns.items(), key=lambda item: order[item[1]]))
    table_ids = frozenset[int]().union(*[part.table_ids for part in parts])
    made = MappedTable(top.mapper, top.table, columns, top.key_columns, top.before, table_ids, parts)
    made.later_keys = {part.mapper: part.later_keys[part.mapper] for part in parts}
    fired = frozenset([key for key, column in columns.items() if _changes_with_others(column)])
    if fired or any(has_own_value(column) for column in columns.values()):
        made.parts = _divided(parts, lambda part: (frozenset(part.columns), part.mapper.eager_defaults))
    else:
        made.parts = _divided(parts, lambda part: frozenset(part.columns))
    if fired:
        # What only some classes have must not be set on objects of the others.
        made.update_parts = _divided(parts, lambda part: (fired.intersection(part.columns), part.mapper.eager_defaults))
    return made


def _divided(parts: list[MappedTable], kind: Callable[[MappedTable], object]) -> dict[Mapper, MappedTable] | None:
    """Put those of a kind together; gives None where all are of one."""
    by_kind: dict[object, list[MappedTable]] = {}
    for part in parts:
        by_kind.setdefault(kind(part), []).append(part)
    if len(by_kind) == 1:
        return None
    return {
        part.mapper: together
        for alike in by_kind.values()
        for together in [_together(alike) if len(alike) > 1 else alike[0]]
        for part in alike
    }


def _changes_with_others(column: Column[Any]) -> bool:
    """Tell whether a column gets another value when others of its row are updated."""
    return column.onupdate is not None or column.server_onupdate is not None or column.computed is not None
