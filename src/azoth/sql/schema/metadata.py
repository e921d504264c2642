"""MetaData, the tables that belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, Self, TypeVar

from azoth import exc
from azoth.sql.schema.defaults import _bind_of
from azoth.sql.schema.dependency_order import sort_tables
from azoth.sql.schema.item import TABLES_TOO, SchemaItem, deeply_copied
from azoth.sql.schema.naming import DEFAULT_NAMING_CONVENTION
from azoth.sql.schema.ports import CheckFirst, inspector_of, schema_work
from azoth.sql.schema.quoted_name import quoted_name
from azoth.sql.types import NULLTYPE
from azoth.util.arguments import checked, wrong_value
from azoth.util.near_names import did_you_mean

KindT = TypeVar("KindT")
_OWN_SCHEMA: Final[Any] = object()

NAMED_KINDS = frozenset({"ix", "uq", "ck", "fk", "pk"})
"""What has names by convention."""


class MetaData(SchemaItem):
    """The tables that belong together.

    Args:
        schema: the schema of tables that name none.
        quote_schema: whether to quote it; None: where needed.
        naming_convention: names for constraints and indexes that have none, such as
            ``{"fk": "fk_%(table_name)s_%(column_0_name)s"}``.
        info: notes of the user.
        bind: the engine that ``create_all()`` and its like use when they are given none.
    """

    __visit_name__: ClassVar[str] = "metadata"

    @checked
    def __init__(
        self,
        schema: Any = None,
        quote_schema: bool | None = None,
        naming_convention: Mapping[Any, Any] | None = None,
        info: Mapping[Any, Any] | None = None,
        bind: Any = None,
    ) -> None:
        if schema is not None and not isinstance(schema, str):
            # The classic form: MetaData(engine).
            schema, bind = None, schema
        if bind is not None and not hasattr(bind, "dialect"):
            raise wrong_value("MetaData(): bind", "an engine or a connection", bind, "pass a name as schema=")
        self.schema: str | None = quoted_name.construct(schema, quote_schema)
        self.naming_convention: Mapping[Any, Any] = (
            DEFAULT_NAMING_CONVENTION
            if naming_convention is None
            else {**DEFAULT_NAMING_CONVENTION, **_checked_convention(naming_convention)}
        )
        self.bind = bind
        self.tables: dict[str, Any] = {}
        self._sequences: dict[str, Any] = {}
        self._types: list[Any] = []
        self._awaiting_types: dict[str, list[Any]] = {}
        if info is not None:
            self.info = info

    @property
    def sorted_tables(self) -> list[Any]:
        """The tables, each after those that it refers to."""
        return sort_tables(self.tables.values())

    @property
    def schemas(self) -> Sequence[str]:
        """The names of the schemas that its tables are in."""
        return tuple(dict.fromkeys(table.schema for table in self.tables.values() if table.schema is not None))

    def get_schema_objects(self, kind: type[KindT], *, schema: str | None = _OWN_SCHEMA) -> Sequence[KindT]:
        """List what is no table: sequences, and types that have a name in the database.

        Args:
            kind: the class of what is meant, such as ``Sequence`` or ``Enum``.
            schema: the schema that it is in; that of the metadata by default.
        """
        wanted = self.schema if schema is _OWN_SCHEMA else schema
        found: list[Any] = [one for one in self._schema_objects() if one.schema == wanted]
        return tuple([one for one in found if isinstance(one, kind)])

    def get_schema_object_by_name(
        self, kind: type[KindT], name: str, *, schema: str | None = _OWN_SCHEMA
    ) -> KindT | None:
        """Find a sequence, or a type that has a name in the database; None where there is none.

        Args:
            kind: the class of what is meant, such as ``Sequence`` or ``Enum``.
            name: its name.
            schema: the schema that it is in; that of the metadata by default.
        """
        found: Iterable[Any] = self.get_schema_objects(kind, schema=schema)
        return next((one for one in found if one.name == name), None)

    def _schema_objects(self) -> Iterator[Any]:
        yield from self._sequences.values()
        known: set[tuple[type, Any, Any]] = set()
        types = [column.type for table in self.tables.values() for column in table.c]
        for type_ in [*self._types, *types]:
            if getattr(type_, "name", None) is not None and hasattr(type_, "schema"):
                key = (type(type_), type_.schema, type_.name)
                if key not in known:
                    known.add(key)
                    yield type_

    def is_bound(self) -> bool:
        """Tell whether there is an engine to use when none is given."""
        return self.bind is not None

    def remove(self, table: Any) -> None:
        """Take a table out."""
        if not hasattr(table, "key"):
            raise wrong_value("MetaData.remove(): table", "a Table", table)
        self.tables.pop(table.key, None)

    def clear(self) -> None:
        """Take all tables out."""
        self.tables.clear()
        self._sequences.clear()
        self._types.clear()
        self._awaiting_types.clear()

    @checked
    def create_all(
        self, bind: object = None, tables: Sequence[Any] | None = None, checkfirst: bool | CheckFirst = True
    ) -> None:
        """Create all tables, in the order of their foreign keys.

        Args:
            bind: an engine or a connection; the metadata's own by default.
            tables: only these tables.
            checkfirst: leave out tables that exist.

        Raises:
            UnboundExecutionError: there is no engine.

        Emits: with ``checkfirst``, one question per table; CREATE TABLE and CREATE INDEX for what is missing.
        """
        schema_work().create_all(self, _bind_of(self, self, bind), tables, checkfirst)

    @checked
    def drop_all(
        self, bind: object = None, tables: Sequence[Any] | None = None, checkfirst: bool | CheckFirst = True
    ) -> None:
        """Drop all tables, those that refer to others first.

        Args:
            bind: an engine or a connection; the metadata's own by default.
            tables: only these tables.
            checkfirst: leave out tables that do not exist.

        Raises:
            UnboundExecutionError: there is no engine.

        Emits: with ``checkfirst``, one question per table; DROP TABLE for what is there.
        """
        schema_work().drop_all(self, _bind_of(self, self, bind), tables, checkfirst)

    @checked
    def reflect(
        self,
        bind: Any = None,
        schema: str | None = None,
        views: bool = False,
        only: Sequence[str] | Callable[[str, MetaData], bool] | None = None,
        extend_existing: bool = False,
        autoload_replace: bool = True,
        resolve_fks: bool = True,
        **dialect_kwargs: Any,
    ) -> None:
        """Read the tables of a database.

        Args:
            bind: an engine or a connection; the metadata's own by default.
            schema: the schema to read.
            views: whether to read views as well.
            only: names of tables, or a function of name and metadata that chooses them.
            extend_existing: read tables that are defined already, too, and add what they lack.
            autoload_replace: with ``extend_existing``, whether columns read replace those defined.
            resolve_fks: whether to read tables that are referred to, too.
            dialect_kwargs: options of the dialect.

        Raises:
            InvalidRequestError: ``only`` names tables that do not exist.

        Emits: a few statements, or a few per table, depending on the database.
        """
        inspector = inspector_of(_bind_of(self, self, bind))
        schema = schema if schema is not None else self.schema
        available = list(inspector.get_table_names(schema))
        if views:
            available += inspector.get_view_names(schema)
        chosen = self._chosen(available, only, schema)
        wanted = [
            name for name in chosen if extend_existing or (f"{schema}.{name}" if schema else name) not in self.tables
        ]
        inspector._read_ahead(wanted, schema, dialect_kwargs)
        for name in wanted:
            # It may have been read meanwhile, because a foreign key refers to it.
            if extend_existing or (f"{schema}.{name}" if schema else name) not in self.tables:
                self._reflect_one(
                    name,
                    autoload_with=inspector,
                    schema=schema,
                    extend_existing=extend_existing,
                    autoload_replace=autoload_replace,
                    resolve_fks=resolve_fks,
                    **dialect_kwargs,
                )

    _make_table: ClassVar[list[Callable[..., Any]]] = []
    """The class Table, which registers itself here: its module imports this one."""

    def _reflect_one(self, name: str, **options: Any) -> None:
        try:
            self._make_table[0](name, self, **options)
        except exc.UnreflectableTableError as error:
            self.info.setdefault("unreflectable", {})[name] = error

    def _chosen(self, available: list[str], only: Any, schema: str | None) -> list[str]:
        if only is None:
            return available
        if callable(only):
            return [name for name in available if only(name, self)]
        known = frozenset(available)
        missing = [name for name in only if name not in known]
        if missing:
            raise exc.InvalidRequestError(
                f"Could not reflect: requested table(s) not available in the database: {', '.join(missing)}",
                why=f"{f'schema {schema}' if schema else 'the database'} has: {', '.join(available) or 'no tables'}",
                fix="correct the names in only=",
                code="AZ-C71",
            )
        return list(only)

    def _add_table(self, table: Any) -> None:
        self.tables[table.key] = table

    def _wait_for_type(self, table_key: str, foreign_key: Any) -> None:
        """Remember a foreign key whose column waits for the type of a column of a table yet unknown."""
        self._awaiting_types.setdefault(table_key, []).append(foreign_key)

    def _give_types(self, table: Any) -> None:
        """Give the columns that waited for a table the types of its columns, and so on from there."""
        for foreign_key in self._awaiting_types.pop(table.key, ()):
            column = foreign_key.parent
            if column.type is NULLTYPE:
                foreign_key._take_type(column, column.table)
                if column.type is not NULLTYPE:
                    self._give_types(column.table)

    def __contains__(self, table_or_key: object) -> bool:
        key = table_or_key if isinstance(table_or_key, str) else getattr(table_or_key, "key", None)
        return key in self.tables

    def __repr__(self) -> str:
        return "MetaData()" if self.bind is None else f"MetaData(bind={self.bind!r})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        memo[TABLES_TOO] = True
        return deeply_copied(self, memo)

    def __getstate__(self) -> dict[str, Any]:
        # Engines and listeners stay in their process.
        return {**{name: value for name, value in self.__dict__.items() if name != "dispatch"}, "bind": None}


def _checked_convention(convention: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Refuse names for kinds of things that have no names by convention: the misspelt one would never be used."""
    for kind, pattern in convention.items():
        is_token = callable(pattern)
        if isinstance(kind, str) and kind not in NAMED_KINDS and not is_token:
            raise exc.ArgumentError(
                f"naming_convention has a name for {kind!r}",
                why=f"the kinds are {', '.join(sorted(NAMED_KINDS))}; other keys are tokens, and have functions",
                fix=did_you_mean(kind, NAMED_KINDS),
                code="AZ-C702",
            )
    return convention
