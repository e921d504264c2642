"""relationship(), backref() and their classic forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

from azoth.orm.mapping.naming.entity_names import named_class
from azoth.orm.mapping.properties.cascade_options import Cascades
from azoth.orm.mapping.properties.dataclass_options import FIELD_OPTIONS, UNSET, given_options
from azoth.orm.mapping.properties.property import refuse_unknown
from azoth.orm.mapping.properties.relationship import Relationship
from azoth.sql.elements import ClauseElement
from azoth.sql.selectable import FromClause
from azoth.util.arguments import check_function, checked, wrong_value
from azoth.util.signature import signature_of


@checked
def relationship(
    argument: Any = None,
    secondary: Any = None,
    *,
    uselist: bool | None = None,
    collection_class: Any = None,
    primaryjoin: Any = None,
    secondaryjoin: Any = None,
    back_populates: str | None = None,
    order_by: Any = False,
    backref: Any = None,
    overlaps: str | None = None,
    post_update: bool = False,
    cascade: Cascades | None = False,
    viewonly: bool = False,
    init: bool = UNSET,
    repr: bool = UNSET,
    default: Any = UNSET,
    default_factory: Callable[[], Any] = UNSET,
    compare: bool = UNSET,
    kw_only: bool = UNSET,
    hash: bool | None = UNSET,
    lazy: Any = "select",
    passive_deletes: bool | Literal["all"] = False,
    passive_updates: bool = True,
    active_history: bool = False,
    enable_typechecks: bool = True,
    foreign_keys: Any = None,
    remote_side: Any = None,
    join_depth: int | None = None,
    comparator_factory: Any = None,
    single_parent: bool = False,
    innerjoin: bool | Literal["nested", "unnested"] = False,
    distinct_target_key: bool | None = None,
    load_on_pending: bool = False,
    query_class: Any = None,
    info: dict[Any, Any] | None = None,
    omit_join: bool | None = None,
    sync_backref: bool | None = None,
    dataclass_metadata: Mapping[Any, Any] | None = UNSET,
    doc: str | None = None,
    load_on_peers: bool = True,
    bake_queries: bool = True,
    cascade_backrefs: bool = False,
) -> Relationship[Any]:
    """Map an attribute to objects of another mapped class.

    Args:
        argument: the related class, its name, or a function that gives it; with ``Mapped[...]`` it can be left out.
        secondary: the table between the two classes of a many-to-many relationship, or its name.
        uselist: whether the attribute holds a collection; known from direction or annotation.
        collection_class: list, set, a dictionary keyed by an attribute, or a class of one's own.
        primaryjoin, secondaryjoin: the conditions of the join, where the foreign keys do not tell.
        back_populates: the relationship on the other side that is kept in step with this one.
        order_by: the order of the collection.
        backref: a name (or ``backref(...)``) for a relationship that is made on the other side.
        overlaps: names, separated by commas, of relationships that are meant to write the same columns as this one;
            others are warned of. ``"__*"`` stands for all.
        post_update: write the foreign key by an UPDATE of its own.
        cascade: the operations that travel along, such as ``"all, delete-orphan"``; None for none.
            Without it, "save-update, merge".
        viewonly: load only, never write.
        lazy: how it is loaded: select, joined, selectin, subquery, immediate, raise, noload, dynamic, write_only.
        passive_deletes: leave rows of deleted parents to the database ("all": do nothing at all).
        passive_updates: leave changes of primary keys to the database.
        active_history: load the old value before it is replaced.
        enable_typechecks: accept instances of the related class only.
        foreign_keys, remote_side: columns that refer, columns of the other side, where it is not clear.
        join_depth: how many relationships away from where a load begins an eager ``lazy`` still holds; without it, it
            ends where it would come back to an entity that the load went through.
        comparator_factory: a class with the operators of the attribute.
        single_parent: an object can belong to one parent only.
        innerjoin: load joined with an inner join.
        load_on_peers: load for all objects of the same result at once.
        load_on_pending, query_class, distinct_target_key, omit_join, sync_backref: as in SQLAlchemy.
        info, doc: as for every property.
        init, repr, default, default_factory, compare, kw_only, hash: as for ``dataclasses.field()``, in classes that
            are mapped as dataclasses.
        dataclass_metadata: the ``metadata`` of the field.
        bake_queries: legacy, as in SQLAlchemy; compiled statements are kept in any case.
        cascade_backrefs: legacy, as in SQLAlchemy: False.

    Returns:
        the declaration; on the mapped class the attribute stands in its place.
    """
    options = dict(locals())
    field = given_options(options, FIELD_OPTIONS)
    if field.get("default") is not None:
        raise wrong_value("relationship(): default", "None, where no object is related", field["default"])
    _check_values(backref, collection_class, query_class, order_by)
    prop: Relationship[Any] = Relationship(
        **{name: value for name, value in options.items() if name not in FIELD_OPTIONS}
    )
    prop._dataclass_options = field
    return prop


def _check_values(backref: object, collection_class: object, query_class: object, order_by: object) -> None:
    is_pair = isinstance(backref, tuple) and len(backref) == 2 and isinstance(backref[1], Mapping)
    if backref and not (isinstance(backref, str) or is_pair):
        raise wrong_value("relationship(): backref", "a name, or backref(name, ...)", backref)
    for name, given in (("collection_class", collection_class), ("query_class", query_class)):
        if given is not None:
            check_function(f"relationship(): {name}", given, "pass a class, such as list or set")
    for one in order_by if isinstance(order_by, list | tuple) else (order_by,):
        names_something = isinstance(one, str | ClauseElement) or hasattr(one, "__clause_element__") or callable(one)
        if one is not None and one is not False and not names_something:
            raise wrong_value("relationship(): order_by", "columns, or their names", one)


def relation(argument: Any = None, secondary: Any = None, *joins: Any, **options: Any) -> Relationship[Any]:
    """Map an attribute to objects of another mapped class: the classic name of ``relationship()``.

    Args:
        argument: the related class.
        secondary: the table of a many-to-many relationship; the related class's own table may stand before it.
        joins: further positional tables and join conditions.
        options: the arguments of ``relationship()``, and ``extension``: an AttributeExtension, or a list of them;
            ``entity_name``: which of several mappings of the related class is meant.
    """
    extension = options.pop("extension", None)
    entity_name = options.pop("entity_name", None)
    if entity_name is not None:
        # The mapping of that name may be made later.
        argument = partial(named_class, argument, entity_name)
    prop = relationship(argument, *_classic_joins(secondary, joins, options), **options)
    prop.extension = extension
    return prop


def _classic_joins(secondary: Any, joins: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, ...]:
    """Sort out the positional tables and conditions of ``relation(User, users_table, user_orders_table, ...)``."""
    tables = [part for part in (secondary, *joins) if isinstance(part, FromClause)]
    conditions = [part for part in joins if part is not None and not isinstance(part, FromClause)]
    options.update(zip(("primaryjoin", "secondaryjoin"), conditions, strict=False))
    if not tables:
        return (secondary,)
    # The related class's own table may come first; whether a single one is that shows when mappers are configured.
    return (tables[-1],)


@checked
def backref(name: str, **kwargs: Any) -> tuple[str, dict[str, Any]]:
    """Describe the relationship that is made on the other side.

    Args:
        name: its name.
        kwargs: arguments of ``relationship()`` for it.
    """
    refuse_unknown("backref()", kwargs, signature_of(relationship).defaults)
    return name, kwargs


def dynamic_loader(argument: Any = None, **options: Any) -> Relationship[Any]:
    """Map a collection that is queried instead of loaded: ``relationship(..., lazy="dynamic")``."""
    options["lazy"] = "dynamic"
    return relationship(argument, **options)
