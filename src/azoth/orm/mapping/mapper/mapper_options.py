"""MapperOptions: what can be said about a mapping as a whole (``__mapper_args__``, ``map_imperatively(...)``)."""

from __future__ import annotations

from typing import Any

from azoth.exc import ArgumentError
from azoth.util.arguments import as_list, check_flag, check_function, wrong_value
from azoth.util.near_names import did_you_mean

INHERITANCE = frozenset([
    "inherits", "inherit_condition", "inherit_foreign_keys", "polymorphic_on", "polymorphic_identity",
    "polymorphic_load", "polymorphic_abstract", "with_polymorphic", "concrete", "polymorphic_fetch", "select_table",
])  # fmt: skip


FLAGS = frozenset({"confirm_deleted_rows", "allow_partial_pks", "legacy_is_orphan"})
LISTS = frozenset({"include_properties", "exclude_properties"})
SETTLED: dict[str, tuple[bool, str, str]] = {
    "always_refresh": (
        False,
        "objects that are present keep their values unless they are expired",
        "ask with execution_options(populate_existing=True), or for a whole session with Session(execution_options=)",
    ),
    "batch": (
        True,
        "a flush writes the rows of a class together, step by step, and announces them so",
        "leave it out; where each row must be written before the next is announced, flush() after each",
    ),
    "non_primary": (False, "a class has one mapper", "use aliased(User, subquery), or map another class"),
    "passive_updates": (True, "it is about tables of a class hierarchy", "set it on the relationship"),
    "passive_deletes": (False, "it is about tables of a class hierarchy", "set it on the relationship"),
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
        always_refresh, batch, non_primary, passive_updates, passive_deletes, save_on_init: have one value each, see
            ``SETTLED``.
    """

    primary_key: Any = None
    include_properties: Any = None
    exclude_properties: Any = None
    column_prefix: str | None = None
    version_id_col: Any = None
    version_id_generator: Any = None
    order_by: Any = False
    eager_defaults: Any = "auto"
    confirm_deleted_rows: bool = True
    batch: bool = True
    allow_partial_pks: bool = True
    passive_updates: bool = True
    passive_deletes: bool = False
    legacy_is_orphan: bool = False
    always_refresh: bool = False
    extension: Any = None
    entity_name: str | None = None
    save_on_init: bool = True
    non_primary: bool = False


def mapper_options(class_: type[Any], given: dict[str, Any]) -> MapperOptions:
    """Read the options of a mapping.

    Args:
        class_: the class, for messages.
        given: the options by name.

    Raises:
        ArgumentError: an option is unknown, or belongs to mappings of class hierarchies.
    """
    kept = {name: value for name, value in given.items() if not (name in INHERITANCE and value in (None, False))}
    for name, value in kept.items():
        if name in INHERITANCE:
            raise inheritance_error(class_, f"the mapper option {name!r} belongs to it")
        if name not in MapperOptions.__annotations__:
            raise ArgumentError(
                f"mapping of {class_.__name__} has the unknown option {name!r}",
                why="an option that nobody reads would have no effect",
                fix=did_you_mean(name, MapperOptions.__annotations__),
                code="AZ-M07",
            )
        _check_value(class_, name, value)
    options = MapperOptions()
    options.__dict__.update(kept)
    return options


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
    elif name == "column_prefix" and not isinstance(value, str | None):
        raise wrong_value(where, "a text", value)
    elif name in LISTS and value is not None and not callable(value):
        as_list(where, value, "a list of columns or their names")


def inheritance_error(class_: type[Any], why: str) -> ArgumentError:
    """Make the error for a class hierarchy, which cannot be mapped yet."""
    return ArgumentError(
        f"class {class_.__name__} cannot be mapped: mappings of class hierarchies are not supported",
        why=why,
        fix="map each class by itself, and share columns through a mixin or an __abstract__ base",
        code="AZ-M08",
    )
