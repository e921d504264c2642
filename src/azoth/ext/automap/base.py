"""AutomapBase and automap_base(): classes and relationships made from tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Final

from azoth.engine import Connection, Engine
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.ext.automap import naming
from azoth.ext.automap.namespace import Namespace
from azoth.ext.automap.relationships import RelationshipMaker, links_of
from azoth.ext.declarative.waiting import WaitingClasses, WaitingDeclaration
from azoth.orm import declarative_base as _declarative_base
from azoth.schema import ForeignKeyConstraint, MetaData, Table
from azoth.util.warning import warn

_waiting: Final = WaitingClasses()
Link = tuple[Table, ForeignKeyConstraint, ForeignKeyConstraint]


class AutomapBase:
    """The base of classes that are made from tables; ``automap_base()`` makes one, to derive from and to prepare.

    Attributes:
        classes: the classes by name: ``Base.classes.user``. Those that a program declares itself stand here, too.
        by_module: the classes by the path of their modules: ``Base.by_module.azoth.ext.automap.user``.
        metadata: the tables.
    """

    __abstract__: ClassVar[bool] = True
    __automapped__: ClassVar[set[str]]

    classes: ClassVar[Namespace[type[Any]]]
    by_module: ClassVar[Namespace[Any]]
    metadata: ClassVar[MetaData]

    @classmethod
    def __defers_mapping__(cls, declaration: WaitingDeclaration) -> bool:
        _waiting.add(declaration)
        return True

    @classmethod
    def prepare(
        cls,
        autoload_with: Engine | Connection | None = None,
        engine: Engine | Connection | None = None,
        reflect: bool = False,
        schema: str | None = None,
        classname_for_table: naming.PythonNameForTableType | None = None,
        modulename_for_table: naming.PythonNameForTableType | None = None,
        collection_class: Callable[..., object] | None = None,
        name_for_scalar_relationship: naming.NameForScalarRelationshipType | None = None,
        name_for_collection_relationship: naming.NameForCollectionRelationshipType | None = None,
        generate_relationship: naming.GenerateRelationshipType | None = None,
        reflection_options: Mapping[str, Any] | None = None,
    ) -> None:
        """Map the tables of the metadata that are not mapped yet, and relate the classes by the foreign keys.

        It can be called several times: each call maps the tables that have come since the one before.

        Args:
            autoload_with: an engine or a connection, to read the tables from its database first.
            engine, reflect: older names: ``reflect=True`` reads the tables from ``engine``.
            schema: the schema whose tables are read.
            classname_for_table: names the class of a table.
            modulename_for_table: names the module of a table's class, or gives None; such a class is in ``by_module``
                only.
            collection_class: what holds the members of collections; list where nothing is given.
            name_for_scalar_relationship: names a reference to one object.
            name_for_collection_relationship: names a collection.
            generate_relationship: makes the relationships, or gives None for none.
            reflection_options: further options of ``MetaData.reflect()``, such as ``only``.

        Raises:
            ArgumentError: there is nothing to read tables from, or what is read is told and reading is not.
            InvalidRequestError: a class and a module have one name.

        Emits: what reading the tables takes.
        """
        base = _base_of(cls)
        _read(cls.metadata, autoload_with, engine, reflect, schema, reflection_options)
        declarations = {one.table: one for one in _waiting.below(base) if one.table is not None}
        maker = RelationshipMaker(
            base,
            declarations,
            name_for_scalar_relationship or naming.name_for_scalar_relationship,
            name_for_collection_relationship or naming.name_for_collection_relationship,
            generate_relationship or naming.generate_relationship,
            list if collection_class is None else collection_class,
        )
        links = _declare_classes(cls, maker, classname_for_table or naming.classname_for_table, modulename_for_table)
        for declaration in declarations.values():
            maker.follow(declaration)
        for secondary, to_local, to_remote in links:
            maker.relate_through(secondary, to_local, to_remote)
        _waiting.map(_waiting.below(base))


def automap_base(declarative_base: type[Any] | None = None, **kw: Any) -> Any:
    """Make a base whose ``prepare()`` maps tables to classes of its own making.

    Args:
        declarative_base: a declarative base to stand on; a new one where none is given.
        kw: arguments of ``declarative_base()`` for the new one.

    Returns:
        the base, an ``AutomapBase``.

    Raises:
        ArgumentError: there are arguments for a new base, and a base.
    """
    if declarative_base is not None and kw:
        raise ArgumentError(
            f"automap_base() was given a declarative base, and {', '.join(sorted(kw))}",
            why="the arguments are for a base that it makes",
            fix="pass them to the base, or leave declarative_base= out",
            code="AZ-X22",
        )
    below = _declarative_base(**kw) if declarative_base is None else declarative_base
    namespace = {
        "__abstract__": True,
        "__automapped__": set(),
        "__module__": AutomapBase.__module__,
        "classes": Namespace(),
        "by_module": Namespace(),
    }
    return type(below.__name__, (AutomapBase, below), namespace)


def _base_of(cls: type[AutomapBase]) -> type[Any]:
    for base in cls.__mro__:
        if "__automapped__" in base.__dict__:
            return base
    raise ArgumentError(
        f"prepare() of {cls.__name__}, which derives from no automap base",
        why="AutomapBase itself has no metadata and no classes",
        fix="make a base with automap_base(), and call its prepare()",
        code="AZ-X23",
    )


def _read(
    metadata: MetaData,
    autoload_with: Engine | Connection | None,
    engine: Engine | Connection | None,
    reflect: bool,
    schema: str | None,
    given: Mapping[str, Any] | None,
) -> None:
    if autoload_with is None and not reflect:
        if engine is not None or schema is not None or given:
            raise ArgumentError(
                "prepare() was told what to read, and not to read",
                why="engine, schema and reflection_options are about reading tables, which autoload_with asks for",
                fix="pass autoload_with=engine, or leave them out",
                code="AZ-X24",
            )
        return
    bind = autoload_with if engine is None else engine
    if bind is None:
        raise ArgumentError(
            "prepare(reflect=True) has no database to read",
            why="it was given no engine or connection",
            fix="pass autoload_with=engine",
            code="AZ-X25",
        )
    metadata.reflect(bind, **{"schema": schema, "extend_existing": True, "autoload_replace": False, **(given or {})})


def _declare_classes(
    cls: type[AutomapBase],
    maker: RelationshipMaker,
    classname_for_table: naming.PythonNameForTableType,
    modulename_for_table: naming.PythonNameForTableType | None,
) -> list[Link]:
    """Declare a class for each new table that can be mapped; gives the tables that stand between two."""
    base, declarations = maker.base, maker.declarations
    links: list[Link] = []
    explicit = list(declarations.values())
    for table in _new_tables(cls.metadata, base.__automapped__):
        link = links_of(table)
        if link is not None and not maker.joins_hierarchy(table, link):
            links.append((table, *link))
        elif len(table.primary_key.columns) and table not in declarations:
            module = None if modulename_for_table is None else modulename_for_table(cls, table.name, table)
            name = classname_for_table(cls, table.name, table)
            if module is None and name in cls.classes:
                _warn_of_duplicate(name, table)
                continue
            declarations[table] = _declare(base, table, name, module)
    for declaration in explicit:
        _place(base, declaration.class_, declaration.class_.__name__)
        if declaration.class_.__name__ not in base.classes:
            base.classes[declaration.class_.__name__] = declaration.class_
    return links


def _new_tables(metadata: MetaData, known: set[str]) -> Iterator[Table]:
    for key, table in list(metadata.tables.items()):
        if key not in known:
            known.add(key)
            yield table


def _declare(base: type[Any], table: Table, name: str, module: str | None) -> WaitingDeclaration:
    namespace = {"__table__": table, "__module__": "azoth.ext.automap" if module is None else module}
    class_: type[Any] = type(name, (base,), namespace)
    if module is None:
        base.classes[name] = class_
    _place(base, class_, name)
    return _waiting.of(class_)


def _place(base: type[Any], class_: type[Any], name: str) -> None:
    """Put a class under the path of its module."""
    place = base.by_module
    for part in class_.__module__.split("."):
        if part not in place:
            place[part] = Namespace()
        place = place[part]
        if not isinstance(place, Namespace):
            raise _one_name_for_two(part)
    if isinstance(place.get(name), Namespace):
        raise _one_name_for_two(name)
    place[name] = class_


def _one_name_for_two(name: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"name {name!r} matches both a class name and a module name",
        why="by_module has classes and modules by name, side by side",
        fix="let modulename_for_table or classname_for_table give another name",
        code="AZ-X26",
    )


def _warn_of_duplicate(name: str, table: Table) -> None:
    warn(
        f"Ignoring duplicate class name {name!r} received in automap base for table {table.key}",
        why="another table has given its class this name, and neither has a module of its own",
        fix="pass modulename_for_table= or classname_for_table= to prepare()",
        code="AZ-X27",
    )
