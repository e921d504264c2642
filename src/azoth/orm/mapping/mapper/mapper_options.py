"""MapperOptions: what can be said about a mapping as a whole (``__mapper_args__``, ``map_imperatively(...)``)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from azoth.exc import ArgumentError
from azoth.util.arguments import as_list, check_flag, check_function, wrong_value
from azoth.util.near_names import did_you_mean

FLAGS = frozenset({
    "confirm_deleted_rows", "allow_partial_pks", "legacy_is_orphan", "concrete", "passive_updates", "passive_deletes",
    "polymorphic_abstract", "batch",
})  # fmt: skip
LISTS = frozenset({"include_properties", "exclude_properties"})
SETTLED: dict[str, tuple[bool, str, str]] = {
    "always_refresh": (
        False,
        "objects that are present keep their values unless they are expired",
        "ask with execution_options(populate_existing=True), or for a whole session with Session(execution_options=)",
    ),
    "non_primary": (False, "a class has one mapper", "use aliased(User, subquery), or map another class"),
    "save_on_init": (True, "objects join a session when they are added", "leave it out, and add() objects"),
}
"""Options with one meaning here: their value, why there is no other, and what to do instead."""


class MapperOptions:
    """The options of a mapping, named and meant as those of SQLAlchemy's mapper.

    Args:
        primary_key: columns that identify a row, where the table's own key does not.
        include_properties, exclude_properties: the columns to map, or not to.
        column_prefix: a text before each attribute that is named by its column.
        version_id_col: the column that counts changes of a row.
        version_id_generator: makes the next version; False leaves it to the server.
        order_by: the order of rows in queries for the class (classic).
        eager_defaults: whether values made by the server are fetched with the flush: those of INSERT ("auto"), of
            UPDATE too (True), or none, so that they are loaded when they are read (False). It takes a RETURNING.
        confirm_deleted_rows: whether a DELETE that met no row is warned about.
        allow_partial_pks: whether a composite key may contain NULL.
        legacy_is_orphan, always_refresh: as in SQLAlchemy.
        extension: classic mapper extensions.
        entity_name: the name that tells this mapping of its class from others (classic).
        inherits: the mapped class from which the class is derived, or its mapper.
        inherit_condition: what joins the class's table to that of its base, where foreign keys do not say it.
        inherit_foreign_keys: the columns that refer to the base's table, where the database has no foreign key.
        concrete: whether the class's table has all of its columns, so that nothing is joined.
        polymorphic_on: what tells the class of a row: a column, the name of an attribute, or an expression.
        polymorphic_identity: its value for objects of the class.
        polymorphic_abstract: whether there are no objects of the class itself, so that it needs no identity.
        polymorphic_load: "inline" to load the class's columns with those of its base, "selectin" to load them after.
        with_polymorphic: the derived classes whose columns are loaded with those of this one: "*", a list of classes,
            or such a list and the selectable that has the columns.
        select_table: what queries for the class and those derived from it select from (classic); the same as
            ``with_polymorphic=("*", select_table)``.
        polymorphic_fetch: when the columns of derived classes are loaded that a query did not bring (classic):
            "select" with the objects, "deferred" when they are read, "union" where ``select_table`` has them all.
        passive_updates, passive_deletes: whether the database itself carries changes and deletions of a key to the
            tables of derived classes (``ON UPDATE CASCADE``, ``ON DELETE CASCADE``).
        batch: whether the rows that a flush inserts, or changes alike, are written and announced together; False for
            each by itself, so that listeners find the row of one object written before they hear of the next.
        always_refresh, non_primary, save_on_init: have one value each, see ``SETTLED``.
    """

    primary_key: Any = None
    include_properties: Collection[Any] | None = None
    exclude_properties: Collection[Any] | None = None
    column_prefix: str | None = None
    version_id_col: Any = None
    version_id_generator: Any = None
    order_by: Any = False
    eager_defaults: object = "auto"
    confirm_deleted_rows: bool = True
    batch: bool = True
    allow_partial_pks: bool = True
    passive_updates: bool = True
    passive_deletes: bool = False
    inherits: object = None
    inherit_condition: object = None
    inherit_foreign_keys: object = None
    concrete: bool = False
    polymorphic_on: object = None
    polymorphic_identity: object = None
    polymorphic_abstract: bool = False
    polymorphic_load: str | None = None
    with_polymorphic: Any = None
    select_table: object = None
    polymorphic_fetch: str | None = None
    legacy_is_orphan: bool = False
    always_refresh: bool = False
    extension: Any = None
    entity_name: str | None = None
    save_on_init: bool = True
    non_primary: bool = False


def mapper_options(class_: type[Any], arguments: Mapping[str, Any]) -> MapperOptions:
    """Read the options of a mapping.

    Args:
        class_: the class, for messages.
        arguments: those of its mapper by name, all of them.

    Raises:
        ArgumentError: an option has a value that means nothing.
    """
    defaults = MapperOptions.__dict__
    given = {name: arguments[name] for name in MapperOptions.__annotations__ if arguments[name] is not defaults[name]}
    for name, value in given.items():
        _check_value(class_, name, value)
    options = MapperOptions()
    options.__dict__.update(given)
    if options.polymorphic_fetch == "union" and options.select_table is None:
        raise ArgumentError(
            f"mapping of {class_.__name__}: polymorphic_fetch='union' needs a select_table",
            why="it says that queries select from a union of the tables, and none is given",
            fix="pass select_table=polymorphic_union(...), or leave polymorphic_fetch out",
            code="AZ-M350",
        )
    if options.select_table is not None:
        options.with_polymorphic = ("*", options.select_table)
    return options


def refuse_unknown_options(class_: type[Any], names: Iterable[str]) -> None:
    """Refuse options that a mapping does not have.

    Raises:
        ArgumentError: an option is unknown.
    """
    for name in names:
        if name not in MapperOptions.__annotations__:
            raise ArgumentError(
                f"mapping of {class_.__name__} has the unknown option {name!r}",
                why="an option that nobody reads would have no effect",
                fix=did_you_mean(name, MapperOptions.__annotations__),
                code="AZ-M07",
            )


def _check_value(class_: type[object], name: str, value: object) -> None:
    where = f"mapping of {class_.__name__}: {name}"
    if name in SETTLED:
        settled, why, fix = SETTLED[name]
        if value is not None and bool(value) is not settled:
            raise ArgumentError(f"{where}={value!r} would have no effect", why=why, fix=fix, code="AZ-M304")
    elif name in FLAGS or (name == "eager_defaults" and value != "auto"):
        check_flag(where, value)
    elif name == "version_id_generator" and value not in {None, False}:
        check_function(where, value)
    elif name == "polymorphic_load" and value not in {None, "inline", "selectin"}:
        raise wrong_value(where, '"inline" or "selectin"', value)
    elif name == "polymorphic_fetch" and value not in {None, "select", "deferred", "union"}:
        raise wrong_value(where, '"select", "deferred" or "union"', value)
    elif name == "column_prefix" and not isinstance(value, str | None):
        raise wrong_value(where, "a text", value)
    elif name in LISTS and value is not None and not callable(value):
        as_list(where, value, "a list of columns or their names")
