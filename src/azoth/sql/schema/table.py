"""Table, a table of a database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from azoth import event, exc
from azoth.sql.cache_key import next_identity
from azoth.sql.schema.column import Column
from azoth.sql.schema.constraints import CheckConstraint, Constraint, PrimaryKeyConstraint
from azoth.sql.schema.defaults import _bind_of
from azoth.sql.schema.foreign_key import ForeignKey, ForeignKeyConstraint
from azoth.sql.schema.index import Index
from azoth.sql.schema.item import TABLES_TOO, SchemaItem, deeply_copied
from azoth.sql.schema.metadata import MetaData
from azoth.sql.schema.ports import CheckFirst, inspector_of, schema_work
from azoth.sql.schema.quoted_name import BLANK_SCHEMA, RETAIN_SCHEMA, quoted_name
from azoth.sql.selectable import TableClause
from azoth.sql.selectable.column_collection import ColumnCollection
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.sql.types import TypeEngine
from azoth.util.arguments import as_list, as_mapping, check_flag, checked, wrong_value


class Table(TableClause, SchemaItem, DialectKWArgs):
    """A table of a database.

    Args:
        name: its name.
        metadata: the MetaData that it belongs to.
        args: columns, constraints and indexes.
        schema: its schema; that of the metadata by default, ``BLANK_SCHEMA`` for none.
        quote, quote_schema: whether to quote the names; None: where needed.
        autoload_with: an engine, connection or inspector from which to read the table's definition.
        autoload: the classic form: read it from ``autoload_with`` or the engine of the metadata.
        autoload_replace: whether columns of the same name read from the database replace those given.
        include_columns: read only these columns.
        resolve_fks: whether to read the tables that it refers to, too.
        extend_existing: add to the table of that name if there is one.
        keep_existing: return the table of that name, unchanged, if there is one.
        must_exist: refuse to make a new one.
        prefixes: words after CREATE, such as "TEMPORARY".
        comment: a comment in the database.
        info: notes of the user.
        implicit_returning: whether INSERT may use RETURNING to learn keys.
        listeners: pairs of an event's name and a function.
        kw: options of one dialect, such as ``sqlite_autoincrement=True``.

    Raises:
        InvalidRequestError: the metadata has a table of that name, and neither of the two options was given.
        NoSuchTableError: the table was to be read, and the database has none of that name.
    """

    __visit_name__: ClassVar[str] = "table"
    _has_identity: ClassVar[bool] = True
    _other_arguments: ClassVar[frozenset[str]] = frozenset([
        "schema", "quote", "quote_schema", "autoload_with", "autoload", "autoload_replace", "include_columns",
        "resolve_fks", "extend_existing", "keep_existing", "must_exist", "prefixes", "comment", "info", "listeners",
        "implicit_returning",
    ])  # fmt: skip
    implicit_returning: bool = True
    _creator_ddl: Any = None
    _dropper_ddl: Any = None
    c: ColumnCollection
    columns: ColumnCollection
    primary_key: PrimaryKeyConstraint
    metadata: MetaData
    key: str
    indexes: set[Index]
    constraints: set[Constraint]
    comment: str | None

    def __new__(cls, *args: Any, **kw: Any) -> Table:
        if not args and "name" not in kw:
            # Copying and unpickling make the object first and fill it afterwards.
            return object.__new__(cls)
        return cls._new(*args, **kw)

    def __init__(self, *args: Any, **kw: Any) -> None:
        # Nothing to do: __new__ may have returned a table that exists.
        pass

    @classmethod
    @checked
    def _new(
        cls,
        name: str,
        metadata: MetaData,
        *args: Any,
        schema: Any = None,
        keep_existing: bool = False,
        extend_existing: bool = False,
        must_exist: bool = False,
        mustexist: bool = False,
        useexisting: bool = False,
        **options: Any,
    ) -> Table:
        _check_arguments(name, metadata, args)
        if keep_existing and (extend_existing or useexisting):
            raise exc.ArgumentError(
                "keep_existing and extend_existing are mutually exclusive",
                why="the first leaves a table that is there unchanged, the second adds to it",
                fix="give one of them",
                code="AZ-C75",
            )
        if schema is not None and schema is not BLANK_SCHEMA and not isinstance(schema, str):
            raise wrong_value("Table(): schema", "a text, BLANK_SCHEMA or None", schema)
        schema = metadata.schema if schema is None else None if schema is BLANK_SCHEMA else schema
        extend_existing = extend_existing or useexisting
        existing: Table | None = metadata.tables.get(f"{schema}.{name}" if schema else name)
        if existing is not None:
            if args and not keep_existing and not extend_existing:
                raise _already_defined(existing)
            if extend_existing:
                existing._extend(args, options)
            return existing
        if must_exist or mustexist:
            raise exc.InvalidRequestError(
                f"table {name} is not defined",
                why="must_exist=True asks for one that is",
                fix="define it first",
                code="AZ-C72",
            )
        table: Table = object.__new__(cls)
        table._build(name, metadata, args, schema, options)
        return table

    def _build(self, name: str, metadata: MetaData, args: Sequence[Any], schema: Any, options: dict[str, Any]) -> None:
        self.name = quoted_name.construct(name, options.pop("quote", None))
        self.schema = quoted_name.construct(schema, options.pop("quote_schema", None))
        self.key = self.fullname = f"{schema}.{name}" if schema else str(name)
        self.metadata = metadata
        self._shape = ("table", next_identity())
        self._binds = ()
        self.c = self.columns = ColumnCollection()
        self.indexes = set()
        self.constraints = set()
        self._extra_dependencies: set[Table] = set()
        self.comment = None
        self._prefixes: list[str] = []
        PrimaryKeyConstraint(_implicit=True)._join(self)
        for listener in self.dispatch.before_parent_attach:
            listener(self, metadata)
        metadata._add_table(self)
        try:
            self._fill(args, options)
            for listener in self.dispatch.after_parent_attach:
                listener(self, metadata)
        except BaseException:
            # A table that could not be made must not stay behind under its name.
            metadata.remove(self)
            raise

    def _fill(self, args: Sequence[Any], options: dict[str, Any]) -> None:
        reading = _reading_options(options)
        bind = _autoload_bind(self.metadata, options)
        for used in ("autoload", "autoload_with"):
            options.pop(used, None)
        self._take_options(options)
        if bind is not None:
            given = [arg for arg in args if isinstance(arg, Column)]
            excluded = () if reading["autoload_replace"] else tuple(self.c.keys())
            inspector_of(bind).reflect_table(
                self,
                reading["include_columns"],
                exclude_columns=excluded,
                resolve_fks=reading["resolve_fks"],
                _overridden_columns=given,
            )
        self._add_items(args)
        self.metadata._give_types(self)

    def _extend(self, args: Sequence[Any], options: dict[str, Any]) -> None:
        for name in ("quote", "quote_schema"):
            options.pop(name, None)
        self._fill(args, options)

    def _take_options(self, options: dict[str, Any]) -> None:
        self.comment = options.pop("comment", self.comment)
        if not isinstance(self.comment, str | None):
            raise wrong_value("Table(): comment", "a text", self.comment)
        self._prefixes = list(as_list("Table(): prefixes", options.pop("prefixes", None) or self._prefixes))
        self.implicit_returning = options.pop("implicit_returning", self.implicit_returning)
        check_flag("Table(): implicit_returning", self.implicit_returning)
        info = options.pop("info", None)
        if info is not None:
            self.info = as_mapping("Table(): info", info)
        for name, listener in as_list("Table(): listeners", options.pop("listeners", ())):
            event.listen(self, name, listener)
        if options:
            self._take_dialect_options("Table", {**self.dialect_kwargs, **options})

    def _add_items(self, args: Iterable[Any]) -> None:
        # Columns first: constraints and indexes find them by name.
        items = list(args)
        for item in items:
            if isinstance(item, Column):
                self.append_column(item, replace_existing=True)
        for item in items:
            if not isinstance(item, Column):
                item._join(self)

    # -- columns --------------------------------------------------------------

    def append_column(self, column: Any, replace_existing: bool = False) -> None:
        """Add a column.

        Args:
            column: the column.
            replace_existing: whether it may take the place of a column of the same key.

        Raises:
            DuplicateColumnError: there is a column of that key.
        """
        if not isinstance(column, Column):
            raise wrong_value("append_column(): column", "a Column", column)
        key = column.key or column.name or ""
        if self.c.get(key) is column:
            return
        if key in self.c and not replace_existing:
            raise exc.DuplicateColumnError(
                f"A column with name '{key}' is already present in table '{self.name}'.",
                why="names of columns are unique in a table",
                fix="use another name, or replace_existing=True",
                code="AZ-C73",
            )
        column._join(self)

    def insert_column(self, column: object, index: int, *, replace_existing: bool = False) -> None:
        """Add a column at a position.

        Args:
            column: the column.
            index: how many columns stand before it.
            replace_existing: whether it may take the place of a column of the same key.

        Raises:
            DuplicateColumnError: there is a column of that key.
        """
        self.append_column(column, replace_existing)
        self.c.move(column, index)

    def _add_column(self, column: Column[Any]) -> None:
        """Put a column into the collection, in the place of one with its key if there is one."""
        previous = self.c.get(column.key)
        if previous is not None and previous is not column:
            self._forget_column(previous)
            self.c.replace(column, column.key)
        elif previous is None:
            self.c.add(column, column.key)
        column.table = self
        self.primary_key._add_flagged(column)
        if column._joined_type is not None:
            self._add_type_constraint(column)
        if self.schema is not None:
            self._give_schema(column.type)

    def _forget_column(self, column: Column[Any]) -> None:
        for foreign_key in column.foreign_keys:
            if foreign_key.constraint is not None and foreign_key._declared_on_column:
                self.constraints.discard(foreign_key.constraint)
        if self.primary_key.columns.contains_column(column):
            self.primary_key.columns.remove(column)

    def _give_schema(self, type_: TypeEngine[Any]) -> None:
        """Let a type that has a name in the database live in the schema of the metadata, where it names none itself."""
        for one in (type_, *type_._variants.values()):
            inner: Any = one
            while (part := inner._made_of) is not None:
                inner = part
            if getattr(inner, "schema", "") is None:
                inner.schema = self.schema if inner.inherit_schema else self.metadata.schema

    def _add_type_constraint(self, column: Column[Any]) -> None:
        """Add the CHECK constraint that a Boolean or an Enum asks for, if it has joined the column."""
        if column.type is not column._joined_type:
            return
        type_: Any = column.type
        while type_._is_decorator:
            type_ = type_.impl_instance
        if not getattr(type_, "create_constraint", False) or column.__dict__.get("_type_constraint"):
            return
        column.__dict__["_type_constraint"] = CheckConstraint(
            column.in_(type_.constraint_values),
            name=type_.name,
            table=self,
            _create_rule=type_.constraint_is_needed,
            _type_bound=True,
        )

    @property
    def autoincrement_column(self) -> Any:
        """The column that the database numbers, None where there is none."""
        return self.primary_key._autoincrement_column

    @property
    def _autoincrement_column(self) -> Any:
        return self.primary_key._autoincrement_column

    # -- constraints ----------------------------------------------------------

    def append_constraint(self, constraint: Any) -> None:
        """Add a constraint."""
        if not isinstance(constraint, SchemaItem):
            raise wrong_value("append_constraint(): constraint", "a constraint or an index", constraint)
        constraint._join(self)

    def add_is_dependent_on(self, table: Table) -> None:
        """Say that another table must be created before this one."""
        self._extra_dependencies.add(table)

    @property
    def foreign_keys(self) -> set[ForeignKey]:  # type: ignore[override]
        """The references of its columns."""
        return {foreign_key for column in self.c for foreign_key in column.foreign_keys}

    @property
    def foreign_key_constraints(self) -> set[ForeignKeyConstraint]:
        """The foreign key constraints, as the references of its columns know them."""
        return {key.constraint for column in self.c for key in column.foreign_keys if key.constraint is not None}

    def _sorted_foreign_keys(self) -> list[ForeignKeyConstraint]:
        return sorted(self.foreign_key_constraints, key=lambda constraint: constraint._creation_order)

    def _sorted_constraints(self) -> list[Constraint]:
        return sorted(self.constraints, key=lambda constraint: constraint._creation_order)

    # -- the database ---------------------------------------------------------

    @property
    def bind(self) -> Any:
        """The engine of the metadata."""
        return self.metadata.bind

    def set_creator_ddl(self, ddl: object) -> None:
        """Let another statement than CREATE TABLE create this table.

        Args:
            ddl: a ``CreateTable`` with options, a ``CreateTableAs``, a ``CreateView``, or DDL of the program's own.
        """
        self._creator_ddl = _checked_ddl("set_creator_ddl()", ddl)

    def set_dropper_ddl(self, ddl: object) -> None:
        """Let another statement than DROP TABLE drop this table.

        Args:
            ddl: a ``DropTable`` with options, a ``DropView``, or DDL of the program's own.
        """
        self._dropper_ddl = _checked_ddl("set_dropper_ddl()", ddl)

    @property
    def is_view(self) -> bool:
        """Whether CREATE VIEW creates this table."""
        return bool(getattr(self._creator_ddl, "creates_view", False))

    def create(self, bind: object = None, checkfirst: bool | CheckFirst = False) -> None:
        """Create this table with its indexes.

        Args:
            bind: an engine or a connection; that of the metadata by default.
            checkfirst: do nothing if it exists.
        """
        schema_work().create(self, _bind_of(self.metadata, self, bind), checkfirst)

    def drop(self, bind: object = None, checkfirst: bool | CheckFirst = False) -> None:
        """Drop this table.

        Args:
            bind: an engine or a connection; that of the metadata by default.
            checkfirst: do nothing if it does not exist.
        """
        schema_work().drop(self, _bind_of(self.metadata, self, bind), checkfirst)

    def exists(self, bind: Any = None) -> bool:
        """Tell whether a database has this table."""
        return bool((_bind_of(self.metadata, self, bind)).has_table(self.name, schema=self.schema))

    # -- copies ---------------------------------------------------------------

    def to_metadata(
        self, metadata: MetaData, schema: Any = RETAIN_SCHEMA, referred_schema_fn: Any = None, name: str | None = None
    ) -> Table:
        """Copy this table into another MetaData.

        Args:
            metadata: where it goes.
            schema: its schema there; by default the one that it has, None for that of the other metadata.
            referred_schema_fn: chooses the schema of each reference: called with the copy, the new schema, the
                constraint and the schema referred to.
            name: its name there.

        Returns:
            the copy, or the table of that name which is there already.
        """
        if not isinstance(metadata, MetaData):
            raise wrong_value("to_metadata(): metadata", "a MetaData", metadata)
        name = name or self.name
        schema = self._schema_in(metadata, schema)
        key = f"{schema}.{name}" if schema else name
        if key in metadata.tables:
            existing: Table = metadata.tables[key]
            return existing
        columns = [column._copy(schema=self._schema_referred_to(None, schema)) for column in self.c]
        copied = Table(
            name,
            metadata,
            *columns,
            schema=schema if schema is not None else BLANK_SCHEMA,
            comment=self.comment,
            prefixes=self._prefixes,
            info=self.info or None,
            **self._copied_options,
        )
        self._copy_constraints(copied, schema, referred_schema_fn)
        for role in ("_creator_ddl", "_dropper_ddl"):
            own = getattr(self, role)
            if own is not None:
                setattr(copied, role, own.to_metadata(metadata, copied) if hasattr(own, "to_metadata") else own)
        return self._heard_by_copy(copied)

    tometadata = to_metadata

    def _schema_in(self, metadata: MetaData, schema: Any) -> str | None:
        if schema is RETAIN_SCHEMA:
            return self.schema
        if schema is BLANK_SCHEMA:
            return None
        return schema if schema is not None else metadata.schema

    def _schema_referred_to(self, constraint: Any, schema: str | None) -> Any:
        """Choose the schema for references of a copy: tables of this one's schema move along with it."""
        if schema == self.schema:
            return RETAIN_SCHEMA
        referred = self.schema if constraint is None else constraint.elements[0]._target_parts()[0]
        return (schema or BLANK_SCHEMA) if referred == self.schema else RETAIN_SCHEMA

    def _copy_constraints(self, copied: Table, schema: str | None, referred_schema_fn: Any) -> None:
        for constraint in self._sorted_constraints():
            if isinstance(constraint, ForeignKeyConstraint):
                target = self._schema_referred_to(constraint, schema)
                if referred_schema_fn is not None:
                    referred = constraint.elements[0]._target_parts()[0]
                    target = referred_schema_fn(copied, schema, constraint, referred) or BLANK_SCHEMA
                copied.append_constraint(constraint._heard_by_copy(constraint.copy(schema=target)))
            elif not constraint._type_bound and not constraint._column_flag:
                if isinstance(constraint, PrimaryKeyConstraint) and constraint._implicit:
                    # The columns have brought their own; a name from this metadata's convention goes along.
                    copied.primary_key.name = copied.primary_key.name or constraint.name
                    continue
                copied.append_constraint(constraint._heard_by_copy(constraint.copy(target_table=copied)))
        for index in self.indexes:
            if not index._column_flag:
                index._copy_to(copied)

    def __repr__(self) -> str:
        parts = [repr(str(self.name)), repr(self.metadata), *(repr(column) for column in self.c)]
        parts.append(f"schema={self.schema!r}")
        return f"Table({', '.join(parts)})"

    def __str__(self) -> str:
        return self.fullname

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        # Columns and tables are what they are by identity: within what is copied (a statement, a list), they stay.
        if memo and TABLES_TOO not in memo:
            return self
        memo[TABLES_TOO] = True
        return deeply_copied(self, memo)

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: value for name, value in self.__dict__.items() if name not in ("_shape", "_lineage_index", "dispatch")
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        # Identities count from 1 in each process; those of another one mean nothing here.
        self.__dict__["_shape"] = ("table", next_identity())


MetaData._make_table.append(Table)


def _check_arguments(name: Any, metadata: Any, args: Sequence[Any]) -> None:
    if not isinstance(metadata, MetaData):
        raise exc.ArgumentError(
            f"the second argument of Table {name!r} is {type(metadata).__name__}, not a MetaData",
            why="every table belongs to a MetaData, the collection that create_all() works on",
            fix="write Table(name, metadata, ...)",
            code="AZ-C74",
        )
    if not isinstance(name, str):
        raise wrong_value("Table(): name", "a text", name)
    names: set[str] = set()
    for arg in args:
        if isinstance(arg, Column) and arg.key is not None:
            if arg.key in names:
                raise exc.DuplicateColumnError(
                    f"A column with name {arg.key!r} is already present in table {str(name)!r}.",
                    why="Table() was given two columns of that name, and the first would be lost",
                    fix="leave one of them out, or give it another name or key=",
                    code="AZ-C73",
                )
            names.add(arg.key)
        if isinstance(arg, type):
            raise exc.InvalidRequestError(
                f"an argument of Table {name!r} is the class {arg.__name__}",
                why="a class that describes columns for type checkers is derived from TypedColumns, and from no other",
                fix="for the table of a mapped class, use as_typed_table(Class, columns)",
                code="AZ-C74",
            )
        if not isinstance(arg, SchemaItem):
            raise exc.ArgumentError(
                f"an argument of Table {name!r} is {type(arg).__name__}",
                why="a table is made of columns, constraints and indexes",
                fix="check what stands between the parentheses of Table(...)",
                code="AZ-C74",
            )


def _checked_ddl(function: str, ddl: object) -> object:
    if not getattr(ddl, "is_ddl", False):
        raise wrong_value(function, "a DDL statement", ddl, "pass CreateTable(table), DDL(...) or the like")
    return ddl


def _already_defined(table: Table) -> exc.InvalidRequestError:
    return exc.InvalidRequestError(
        f"Table '{table.key}' is already defined for this MetaData instance.",
        why="a MetaData has one table of each name",
        fix="use extend_existing=True to add to it, keep_existing=True to get it, or another MetaData",
        code="AZ-C75",
    )


def _reading_options(options: dict[str, Any]) -> dict[str, Any]:
    columns = options.pop("include_columns", None)
    return {
        "autoload_replace": options.pop("autoload_replace", True),
        "include_columns": None if columns is None else as_list("Table(): include_columns", columns),
        "resolve_fks": options.pop("resolve_fks", True),
    }


def _autoload_bind(metadata: MetaData, options: dict[str, Any]) -> Any:
    """Find where to read a table's definition from, None where it is not to be read."""
    bind = options.get("autoload_with")
    if bind is None and options.get("autoload"):
        return _bind_of(metadata, metadata)
    return bind
