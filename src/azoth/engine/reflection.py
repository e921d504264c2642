"""Inspector: what a database contains, as plain data and as tables."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, Self, TypeVar

from azoth import exc
from azoth.engine.connection import Connection
from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.dialect_base.many_tables import ObjectKind, ObjectScope
from azoth.engine.dialect_base.reflected import (
    ReflectedCheckConstraint,
    ReflectedColumn,
    ReflectedForeignKeyConstraint,
    ReflectedIndex,
    ReflectedPrimaryKeyConstraint,
    ReflectedTableComment,
    ReflectedUniqueConstraint,
)
from azoth.engine.engine import Engine
from azoth.engine.table_reflection import TableReflection
from azoth.sql.schema import MetaData, order_by_needs
from azoth.sql.selectable.dialect_options import OTHER_DIALECTS
from azoth.util.arguments import no_argument, wrong_value

__all__ = ["Inspector", "ObjectKind", "ObjectScope"]

Answer = TypeVar("Answer")

_OF_TABLES: Final = (
    "get_columns",
    "get_pk_constraint",
    "get_foreign_keys",
    "get_indexes",
    "get_unique_constraints",
    "get_check_constraints",
    "get_table_comment",
    "get_table_options",
)
"""What the reading of a table asks."""


class KnownAnswers(Protocol):
    """What was read of tables before."""

    def before(self, inspector: Inspector) -> object:
        """Make what answers in the place of an inspector, which is asked for the rest."""
        ...


class Inspector:
    """Reads what a database contains; answers are kept until ``clear_cache()``.

    Args:
        bind: an engine or a connection.

    Emits: a few statements for each kind of question and table, depending on the database.
    """

    def __init__(self, bind: Engine | Connection) -> None:
        self.bind = bind
        self.engine = bind.engine
        self.dialect: DefaultDialect = bind.dialect
        self.info_cache: dict[Any, Any] = {}
        self._begun: list[TableReflection] | None = None

    @classmethod
    def from_engine(cls, bind: Engine | Connection) -> Self:
        """Make an inspector; the classic form of ``inspect(bind)``."""
        known: type[Any] | None = bind.dialect.inspector
        made: Self = known(bind) if known is not None and issubclass(known, cls) else cls(bind)
        return made

    @property
    def default_schema_name(self) -> str | None:
        """The schema of tables that name none."""
        return self.dialect.default_schema_name

    def clear_cache(self) -> None:
        """Forget all answers."""
        self.info_cache.clear()

    # -- names ----------------------------------------------------------------

    def has_table(self, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Tell whether a table or view exists."""
        return self._ask(self.dialect.has_table, table_name, schema, **kw)

    def has_schema(self, schema_name: str, **kw: Any) -> bool:
        """Tell whether a schema exists."""
        return self._ask(self.dialect.has_schema, schema_name, **kw)

    def has_index(self, table_name: str, index_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Tell whether a table has an index of this name."""
        return self._ask(self.dialect.has_index, table_name, index_name, schema, **kw)

    def has_sequence(self, sequence_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Tell whether a sequence exists."""
        return self._ask(self.dialect.has_sequence, sequence_name, schema, **kw)

    def get_schema_names(self, **kw: Any) -> list[str]:
        """Name the schemas."""
        return list(self._ask(self.dialect.get_schema_names, **kw))

    def get_table_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Name the tables of a schema."""
        return list(self._ask(self.dialect.get_table_names, schema, **kw))

    def get_temp_table_names(self, **kw: Any) -> list[str]:
        """Name the temporary tables of the connection."""
        return list(self._ask(self.dialect.get_temp_table_names, **kw))

    def get_view_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Name the views of a schema."""
        return list(self._ask(self.dialect.get_view_names, schema, **kw))

    def get_temp_view_names(self, **kw: Any) -> list[str]:
        """Name the temporary views of the connection."""
        return list(self._ask(self.dialect.get_temp_view_names, **kw))

    def get_materialized_view_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Name the materialized views of a schema."""
        return list(self._ask(self.dialect.get_materialized_view_names, schema, **kw))

    def get_sequence_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Name the sequences of a schema."""
        return list(self._ask(self.dialect.get_sequence_names, schema, **kw))

    def get_view_definition(self, view_name: str, schema: str | None = None, **kw: Any) -> str:
        """Read the SQL of a view.

        Raises:
            NoSuchTableError: there is no such view.
        """
        return self._ask(self.dialect.get_view_definition, view_name, schema, **kw)

    def get_sorted_table_and_fkc_names(
        self, schema: str | None = None, **kw: Any
    ) -> list[tuple[str | None, list[Any]]]:
        """Name the tables in the order of their foreign keys.

        Args:
            schema: the schema.
            kw: options of the dialect.

        Returns:
            pairs of a table and the names of foreign keys to create with it; at the end None with pairs of table and
            foreign key that belong to a cycle.
        """
        names = self.get_table_names(schema, **kw)
        if self.dialect.reads_many_tables_at_once:
            keys = {name: found for (_, name), found in self.get_multi_foreign_keys(schema, names, **kw).items()}
        else:
            keys = {name: self.get_foreign_keys(name, schema, **kw) for name in names}
        names = [name for name in names if name in keys]  # some may have been dropped meanwhile
        needs = {name: {key["referred_table"] for key in keys[name]} & set(names) - {name} for name in names}
        try:
            order = order_by_needs(sorted(names), needs)
        except exc.CircularDependencyError:
            cyclic = [(name, key["name"]) for name in names for key in keys[name] if key["referred_table"] != name]
            return [*((name, []) for name in sorted(names)), (None, cyclic)]
        return [*((name, [key["name"] for key in keys[name]]) for name in order), (None, [])]

    def sort_tables_on_foreign_key_dependency(
        self, consider_schemas: Collection[str | None] = (None,), **kw: Any
    ) -> list[tuple[tuple[str | None, str] | None, list[Any]]]:
        """Name the tables of several schemas in the order of their foreign keys, as pairs of schema and name."""
        ordered: list[tuple[tuple[str | None, str] | None, list[Any]]] = []
        left: list[Any] = []
        for schema in consider_schemas:
            for name, constraints in self.get_sorted_table_and_fkc_names(schema, **kw):
                if name is None:
                    left += [((schema, table), constraint) for table, constraint in constraints]
                else:
                    ordered.append(((schema, name), constraints))
        return [*ordered, (None, left)]

    # -- tables ---------------------------------------------------------------

    def get_columns(self, table_name: str, schema: str | None = None, **kw: Any) -> list[ReflectedColumn]:
        """Read the columns of a table: name, type, nullable, default, and more where it applies.

        Raises:
            NoSuchTableError: there is no such table or view.
        """
        return [column.copy() for column in self._ask(self.dialect.get_columns, table_name, schema, **kw)]

    def get_pk_constraint(self, table_name: str, schema: str | None = None, **kw: Any) -> ReflectedPrimaryKeyConstraint:
        """Read the primary key of a table: constrained_columns and name."""
        return self._ask(self.dialect.get_pk_constraint, table_name, schema, **kw).copy()

    def get_foreign_keys(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedForeignKeyConstraint]:
        """Read the foreign keys of a table: columns, referred table and columns, name, options."""
        return list(self._ask(self.dialect.get_foreign_keys, table_name, schema, **kw))

    def get_indexes(self, table_name: str, schema: str | None = None, **kw: Any) -> list[ReflectedIndex]:
        """Read the indexes of a table: name, column_names, unique, and expressions where there are any."""
        return list(self._ask(self.dialect.get_indexes, table_name, schema, **kw))

    def get_unique_constraints(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedUniqueConstraint]:
        """Read the UNIQUE constraints of a table: name and column_names."""
        return list(self._ask(self.dialect.get_unique_constraints, table_name, schema, **kw))

    def get_check_constraints(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedCheckConstraint]:
        """Read the CHECK constraints of a table: name and sqltext."""
        return list(self._ask(self.dialect.get_check_constraints, table_name, schema, **kw))

    def get_table_comment(self, table_name: str, schema: str | None = None, **kw: Any) -> ReflectedTableComment:
        """Read the comment of a table, as ``text``."""
        return self._ask(self.dialect.get_table_comment, table_name, schema, **kw).copy()

    def get_table_options(self, table_name: str, schema: str | None = None, **kw: Any) -> dict[str, Any]:
        """Read the options of a table that only its dialect knows."""
        return self._ask(self.dialect.get_table_options, table_name, schema, **kw).copy()

    # -- many tables ----------------------------------------------------------

    def get_multi_columns(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[tuple[str | None, str], list[ReflectedColumn]]:
        """Read the columns of many tables.

        Args:
            schema: their schema.
            filter_names: their names; all that exist where none are given.
            kind: whether tables, views or both are read.
            scope: whether lasting ones, temporary ones or both are read.
            kw: options of the dialect.

        Returns:
            from pairs of schema and name to what ``get_columns()`` gives.
        """
        return self._multi(self.dialect.get_multi_columns, schema, filter_names, kind, scope, **kw)

    def get_multi_pk_constraint(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[tuple[str | None, str], ReflectedPrimaryKeyConstraint]:
        """Read the primary keys of many tables."""
        return self._multi(self.dialect.get_multi_pk_constraint, schema, filter_names, kind, scope, **kw)

    def get_multi_foreign_keys(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[tuple[str | None, str], list[ReflectedForeignKeyConstraint]]:
        """Read the foreign keys of many tables."""
        return self._multi(self.dialect.get_multi_foreign_keys, schema, filter_names, kind, scope, **kw)

    def get_multi_indexes(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[tuple[str | None, str], list[ReflectedIndex]]:
        """Read the indexes of many tables."""
        return self._multi(self.dialect.get_multi_indexes, schema, filter_names, kind, scope, **kw)

    def get_multi_unique_constraints(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[tuple[str | None, str], list[ReflectedUniqueConstraint]]:
        """Read the UNIQUE constraints of many tables."""
        return self._multi(self.dialect.get_multi_unique_constraints, schema, filter_names, kind, scope, **kw)

    def get_multi_check_constraints(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[tuple[str | None, str], list[ReflectedCheckConstraint]]:
        """Read the CHECK constraints of many tables."""
        return self._multi(self.dialect.get_multi_check_constraints, schema, filter_names, kind, scope, **kw)

    def get_multi_table_comment(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[tuple[str | None, str], ReflectedTableComment]:
        """Read the comments of many tables."""
        return self._multi(self.dialect.get_multi_table_comment, schema, filter_names, kind, scope, **kw)

    def get_multi_table_options(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[tuple[str | None, str], dict[str, Any]]:
        """Read the options of many tables."""
        return self._multi(self.dialect.get_multi_table_options, schema, filter_names, kind, scope, **kw)

    def has_multi_table(
        self, table_names: Sequence[str], schema: str | None = None, **kw: Any
    ) -> dict[tuple[str | None, str], bool]:
        """Tell which of several tables and views exist.

        Args:
            table_names: their names.
            schema: their schema.
            kw: options of the dialect.

        Returns:
            from pairs of schema and name to whether it exists.
        """
        self._check("has_multi_table()", (*table_names, schema), kw)
        with self._connection() as connection:
            return dict(self.dialect.has_multi_table(connection, table_names, schema, **kw))

    def reflect_table(
        self,
        table: Any,
        include_columns: Collection[str] | None,
        exclude_columns: Collection[str] = (),
        resolve_fks: bool = True,
        _overridden_columns: Iterable[Any] = (),
        _reflect_info: KnownAnswers | None = None,
    ) -> None:
        """Add to a table what the database knows about it.

        Args:
            table: the table.
            include_columns: only these columns, None for all.
            exclude_columns: not these columns.
            resolve_fks: whether to read the tables that it refers to, too.

        Raises:
            NoSuchTableError: the database has no such table.
        """
        # Alembic has read everything before, and gives constraints names that conventions leave alone.
        asked = self if _reflect_info is None else _reflect_info.before(self)
        reflection = TableReflection(asked, table, include_columns, exclude_columns, resolve_fks, _overridden_columns)
        reflection.add_columns()
        if self._begun is not None:
            # Another table refers to it. Tables that refer to each other may form a long chain, so they wait in a list.
            self._begun.append(reflection)
            return
        self._begun = [reflection]
        try:
            for one in self._begun:
                one.add_the_rest()
        except BaseException:
            # The caller takes back its own table; those that came with it must not stay half read.
            for one in self._begun[1:]:
                one.table.metadata.remove(one.table)
            raise
        finally:
            self._begun = None

    def _read_ahead(self, table_names: Collection[str], schema: str | None, options: Mapping[str, object]) -> None:
        """Ask now what ``reflect_table()`` will want to know of many tables, where the dialect can ask for all at once.

        Args:
            table_names: the names of tables and views.
            schema: their schema.
            options: options of the dialect.
        """
        dialect = self.dialect
        if not dialect.reads_many_tables_at_once or not table_names:
            return
        known = {name: options[name] for name in dialect.reflection_options if name in options}
        for question in _OF_TABLES:
            read: Callable[..., Iterable[tuple[tuple[str | None, str], object]]]
            read = getattr(dialect, question.replace("get_", "get_multi_"))
            answers = self._multi(read, schema, list(table_names), ObjectKind.ANY, ObjectScope.ANY, **known)
            for (_, name), answer in answers.items():
                self.info_cache[question, (name, schema), tuple(sorted(known.items()))] = answer

    # -- asking ---------------------------------------------------------------

    def _multi(
        self,
        read: Callable[..., Iterable[tuple[tuple[str | None, str], Answer]]],
        schema: str | None,
        filter_names: Sequence[str] | None,
        kind: ObjectKind,
        scope: ObjectScope,
        **kw: Any,
    ) -> dict[tuple[str | None, str], Answer]:
        self._check(f"{read.__name__}()", (*(filter_names or ()), schema), kw)
        with self._connection() as connection:
            return dict(read(connection, schema=schema, filter_names=filter_names, kind=kind, scope=scope, **kw))

    def _ask(self, question: Callable[..., Answer], *subject: Any, **options: Any) -> Answer:
        self._check(f"{question.__name__}()", subject, options)
        key = (question.__name__, subject, tuple(sorted(options.items())))
        if key not in self.info_cache:
            with self._connection() as connection:
                self.info_cache[key] = question(connection, *subject, **options)
        answer: Answer = self.info_cache[key]
        return answer

    def _check(self, asked: str, subject: Iterable[object], options: Mapping[str, object]) -> None:
        for name in subject:
            if not isinstance(name, str | None):
                raise wrong_value(asked, "asked with names of tables and schemas", name)
        for option in options:
            if option.partition("_")[0] not in OTHER_DIALECTS | {self.dialect.name}:
                raise no_argument(asked, option, {"table_name", "schema"})

    @contextlib.contextmanager
    def _connection(self) -> Iterator[Connection]:
        if isinstance(self.bind, Connection):
            yield self.bind
        else:
            with self.bind.connect() as connection:
                yield connection

    def __repr__(self) -> str:
        return f"Inspector({self.bind!r})"


def inspector_of(bind: Any) -> Inspector:
    """Make an inspector of what may be one already, or is bound to an engine itself.

    Args:
        bind: an inspector, an engine or a connection.

    Raises:
        ArgumentError: it is something else.
    """
    if isinstance(bind, Inspector):
        return bind
    if isinstance(bind, Engine | Connection):
        made: Inspector = (bind.dialect.inspector or Inspector)(bind)
        return made
    if isinstance(bind, MetaData) and bind.bind is not None:
        return inspector_of(bind.bind)
    raise exc.ArgumentError(
        f"tables are read from an engine or a connection, not from {type(bind).__name__}",
        why="only a database can tell about its tables",
        fix="pass autoload_with=engine, or bind=engine",
        code="AZ-E61",
    )
