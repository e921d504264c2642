"""ForeignKey and ForeignKeyConstraint: references to columns of other tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from azoth import exc
from azoth.sql.cache_key import next_identity
from azoth.sql.elements import ColumnClause
from azoth.sql.schema.constraints import ColumnCollectionConstraint, Constraint, find_column
from azoth.sql.schema.item import SchemaItem
from azoth.sql.schema.quoted_name import BLANK_SCHEMA, RETAIN_SCHEMA
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.sql.types import NULLTYPE
from azoth.util.arguments import checked
from azoth.util.named_tuple import NamedTuple


class ForeignKeyTarget(NamedTuple):
    """What a ForeignKey refers to, by names; it may stand for the text where names have dots.

    Args:
        schema: the schema, None for that of the metadata.
        table_name: the table.
        column_name: the column.
    """

    schema: str | None
    table_name: str
    column_name: str | None


class ForeignKey(DialectKWArgs, SchemaItem):
    """The reference of one column to another column.

    Args:
        column: the column referred to, or its name as "table.column" or "schema.table.column".
        _constraint: the constraint of several columns that it belongs to.
        use_alter: create the constraint by ALTER after the tables; None: where the order of tables needs it.
        name: the name of the constraint.
        onupdate: what the database does when the value referred to changes, such as "CASCADE".
        ondelete: what the database does when the row referred to is deleted, such as "SET NULL".
        deferrable: whether it can be checked at the end of a transaction.
        initially: when it is checked unless told otherwise, such as "DEFERRED".
        link_to_name: the column is given by its name in the database, not its key.
        match: the MATCH option.
        info, comment: notes.
        dialect_kw: options of one dialect.

    Raises:
        ArgumentError: the column is neither a column nor a name.
    """

    __visit_name__: ClassVar[str] = "foreign_key"
    parent: Any = None
    constraint: Any = None

    @checked
    def __init__(
        self,
        column: Any,
        _constraint: Any = None,
        use_alter: bool | None = None,
        name: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        link_to_name: bool = False,
        match: str | None = None,
        info: Mapping[Any, Any] | None = None,
        comment: str | None = None,
        _unresolvable: bool = False,
        **dialect_kw: Any,
    ) -> None:
        column = column.__clause_element__() if hasattr(column, "__clause_element__") else column
        if isinstance(column, tuple):
            column = _as_target(column)
        if not isinstance(column, str | ColumnClause | ForeignKeyTarget):
            raise exc.ArgumentError(
                f"a ForeignKey refers to a column or its name, not to {type(column).__name__}",
                why="the database must know which values the column may have",
                fix='write ForeignKey("table.column")',
                code="AZ-C65",
            )
        self._colspec: Any = column
        self.constraint = _constraint
        self._declared_on_column = _constraint is None
        self._creation_order = next_identity()
        self.use_alter = use_alter
        self.name = name
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.deferrable = deferrable
        self.initially = initially
        self.link_to_name = link_to_name
        self.match = match
        self.comment = comment
        if info is not None:
            self.info = info
        if dialect_kw:
            self._take_dialect_options("ForeignKey", dialect_kw)

    # -- the target -----------------------------------------------------------

    @property
    def column(self) -> Any:
        """The column referred to.

        Raises:
            NoReferencedTableError: its table is not in the metadata (yet).
            NoReferencedColumnError: the table has no such column.
        """
        found = self.__dict__.get("_column")
        if found is None:
            found = self.__dict__["_column"] = self._find_column()
        return found

    @property
    def target_fullname(self) -> str:
        """The column referred to, as text.

        Raises:
            InvalidRequestError: one of its names has a dot in it, which the text could not tell from a separator.
        """
        if isinstance(self._colspec, ForeignKeyTarget) and any("." in (name or "") for name in self._colspec[1:]):
            raise exc.InvalidRequestError(
                f"the target of the ForeignKey to table {self._colspec.table_name!r} has no name as one text",
                why="one of its names has a dot in it",
                fix="use target_tokens",
                code="AZ-C660",
            )
        return self._get_colspec()

    @property
    def target_column(self) -> Any:
        """The column referred to where it was given as an object; None where it was given by its name."""
        return self._colspec if isinstance(self._colspec, ColumnClause) else None

    @property
    def target_tokens(self) -> ForeignKeyTarget:
        """The schema, table and column referred to, by their names; without looking them up."""
        spec = self._colspec
        if isinstance(spec, ForeignKeyTarget):
            return spec
        if isinstance(spec, ColumnClause):
            return ForeignKeyTarget(*self._target_parts())
        *schema, table, column = spec.split(".") if "." in spec else (spec, None)
        return ForeignKeyTarget(".".join(schema) or None, table, column)

    @property
    def target_table_key(self) -> str | None:
        """The key of the table referred to in the metadata; None where the target's column has no table yet."""
        return self._table_key or None

    def references(self, table: Any) -> bool:
        """Tell whether this refers to a column of a table."""
        return table.corresponding_column(self.column) is not None

    def get_referent(self, table: Any) -> Any:
        """Find the column of a table (or alias) that this refers to, None where there is none."""
        return table.corresponding_column(self.column)

    def _get_colspec(self, schema: Any = None) -> str:
        own_schema, table, column = self._target_parts()
        if schema is BLANK_SCHEMA:
            own_schema = None
        elif schema not in (None, RETAIN_SCHEMA):
            own_schema = schema
        return ".".join(str(part) for part in (own_schema, table, column) if part)

    def _target_in(self, schema: Any) -> ForeignKeyTarget:
        """Name the target as it is called in another schema, for a copy."""
        own_schema, table, column = self._target_parts()
        if schema is BLANK_SCHEMA:
            own_schema = None
        elif schema not in (None, RETAIN_SCHEMA):
            own_schema = schema
        return ForeignKeyTarget(own_schema, table, column or None)

    def _target_parts(self) -> tuple[str | None, str, str]:
        """Name schema, table and column of the target without looking it up."""
        spec = self._colspec
        if isinstance(spec, ColumnClause):
            if spec.table is None:
                return None, "", spec.key
            return spec.table.schema, spec.table.name, spec.key
        if isinstance(spec, ForeignKeyTarget):
            own_key = self.parent.key if self.parent is not None else ""
            return spec.schema or self._default_schema(), spec.table_name, spec.column_name or own_key
        parts = spec.split(".")
        if len(parts) == 1:
            return self._default_schema(), parts[0], self.parent.key if self.parent is not None else ""
        schema = ".".join(parts[:-2]) or self._default_schema()
        return schema, parts[-2], parts[-1]

    def _default_schema(self) -> str | None:
        table = getattr(self.parent, "table", None)
        return None if table is None else table.metadata.schema

    @property
    def _table_key(self) -> str:
        """The key of the target's table in the metadata."""
        schema, table, _ = self._target_parts()
        return f"{schema}.{table}" if schema else table

    def _target_table(self) -> Any:
        """Find the target's table, None where it is not known (yet)."""
        if isinstance(self._colspec, ColumnClause):
            return self._colspec.table
        table = getattr(self.parent, "table", None)
        return None if table is None else table.metadata.tables.get(self._table_key)

    def _find_column(self) -> Any:
        if isinstance(self._colspec, ColumnClause):
            return self._colspec
        owner = getattr(self.parent, "table", None)
        if owner is None:
            raise exc.InvalidRequestError(
                f"the ForeignKey to {self._colspec} does not belong to a table",
                why="its target is looked up in the metadata of that table",
                fix="pass the column to a Table first",
                code="AZ-C66",
            )
        target = self._target_table()
        if target is None:
            raise self._missing_table(owner)
        return self._column_of(target, owner)

    def _column_of(self, target: Any, owner: Any) -> Any:
        name = self._target_parts()[2]
        column = None if self.link_to_name else target.c.get(name)
        if column is None and self.link_to_name:
            column = next((one for one in target.c if one.name == name), None)
        if column is None:
            raise exc.NoReferencedColumnError(
                f"Could not initialize target column for ForeignKey '{self._colspec}' on table '{owner.name}': "
                f"table '{target.name}' has no column named '{name}'",
                target.name,
                name,
                why=f"its columns are: {', '.join(target.c.keys())}",
                fix="name one of them by its key",
                code="AZ-C67",
            )
        return column

    def _missing_table(self, owner: Any) -> exc.NoReferencedTableError:
        return exc.NoReferencedTableError(
            f"Foreign key associated with column '{owner.name}.{self.parent.name}' could not find table "
            f"'{self._table_key}' with which to generate a foreign key to target column "
            f"'{self._target_parts()[2]}'",
            self._table_key,
            why=f"the metadata has these tables: {', '.join(sorted(owner.metadata.tables)) or 'none'}",
            fix="define that table with the same MetaData, or correct the name in the ForeignKey",
            code="AZ-C68",
        )

    # -- joining a column -----------------------------------------------------

    def _attach(self, parent: Any) -> None:
        """Become a reference of a column."""
        if self.parent is not None and self.parent is not parent:
            raise exc.InvalidRequestError(
                f"the ForeignKey to {self._colspec} belongs to column {self.parent.key} already",
                why="it stands in one column's definition",
                fix="make a new ForeignKey for each column",
                code="AZ-C66",
            )
        self.parent = parent
        parent.foreign_keys.add(self)
        parent._when_attached(self._join_table)

    def _join_table(self, column: Any, table: Any) -> None:
        if self.constraint is None:
            self.constraint = ForeignKeyConstraint(
                [],
                [],
                use_alter=self.use_alter,
                name=self.name,
                onupdate=self.onupdate,
                ondelete=self.ondelete,
                deferrable=self.deferrable,
                initially=self.initially,
                match=self.match,
                comment=self.comment,
                info=self.info or None,
                **self._copied_options,
            )
            self.constraint._adopt(column, self)
            self.constraint._join(table)
        self._take_type(column, table)

    def _take_type(self, column: Any, table: Any) -> None:
        """Give a column without a type that of the column referred to, now or when that one is known."""
        if column.type is not NULLTYPE:
            return
        target = self._target_table()
        found = None if target is None else target.c.get(self._target_parts()[2])
        if found is not None and found.type is not NULLTYPE:
            column.type = found.type
        elif not isinstance(self._colspec, ColumnClause):
            table.metadata._wait_for_type(self._table_key, self)
        elif found is None:
            column_of_target: Any = self._colspec
            column_of_target._when_attached(lambda _column, _table: self._take_type(column, table))

    def copy(self, *, schema: object = None) -> ForeignKey:
        """Copy this reference, without its column.

        Args:
            schema: the schema of the table that the copy refers to; the same one by default.
        """
        return self._copy(schema=schema)

    def _copy(self, *, schema: Any = None) -> ForeignKey:
        spec = self._colspec
        if not isinstance(spec, ColumnClause) or spec.table is not None:
            spec = self._target_in(schema) if schema is not None or isinstance(spec, ColumnClause) else spec
        return ForeignKey(
            spec,
            use_alter=self.use_alter,
            name=self.name,
            onupdate=self.onupdate,
            ondelete=self.ondelete,
            deferrable=self.deferrable,
            initially=self.initially,
            link_to_name=self.link_to_name,
            match=self.match,
            comment=self.comment,
            info=self.info or None,
            **self._copied_options,
        )

    def __repr__(self) -> str:
        return f"ForeignKey({self._get_colspec()!r})"


def _as_target(names: tuple[Any, ...]) -> ForeignKeyTarget:
    """Read a tuple of (schema, table, column) or (table, column).

    Raises:
        ArgumentError: it is none.
    """
    if len(names) not in (2, 3) or not all(name is None or isinstance(name, str) for name in names):
        raise exc.ArgumentError(
            f"a ForeignKey was given a tuple of {len(names)} parts",
            why="a tuple names (schema, table, column) or (table, column)",
            fix='write ForeignKey(("table", "column"))',
            code="AZ-C65",
        )
    return ForeignKeyTarget(*names) if len(names) == 3 else ForeignKeyTarget(None, *names)


class ForeignKeyConstraint(ColumnCollectionConstraint):
    """The reference of one or more columns of a table to those of another.

    Args:
        columns: the columns, or their names.
        refcolumns: the columns referred to, or their names as "table.column".
        name, deferrable, initially, info, comment: as for every constraint.
        onupdate, ondelete, use_alter, link_to_name, match: as for ForeignKey.
        table: the table, where it is not passed to ``Table()``.

    Raises:
        ArgumentError: the two lists differ in length.
    """

    __visit_name__: ClassVar[str] = "foreign_key_constraint"
    _kind_of_name: ClassVar[str | None] = "fk"

    @checked
    def __init__(
        self,
        columns: Sequence[Any],
        refcolumns: Sequence[Any],
        name: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        use_alter: bool | None = None,
        link_to_name: bool = False,
        match: str | None = None,
        table: Any = None,
        info: Mapping[Any, Any] | None = None,
        comment: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        if len(columns) != len(refcolumns):
            raise exc.ArgumentError(
                f"ForeignKeyConstraint has {len(columns)} columns and refers to {len(refcolumns)}",
                why="each column refers to one column",
                fix="give both lists the same length",
                code="AZ-C69",
            )
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.use_alter = use_alter
        self.link_to_name = link_to_name
        self.match = match
        options = {"onupdate": onupdate, "ondelete": ondelete, "use_alter": use_alter, "match": match}
        self.elements: list[ForeignKey] = [
            ForeignKey(
                target,
                _constraint=self,
                name=name,
                deferrable=deferrable,
                initially=initially,
                link_to_name=link_to_name,
                **options,  # type: ignore[arg-type]
                **dialect_kw,
            )
            for target in refcolumns
        ]
        super().__init__(
            *columns,
            name=name,
            deferrable=deferrable,
            initially=initially,
            info=info,
            comment=comment,
            **dialect_kw,
        )
        if table is not None:
            self._join(table)

    def copy(self, *, schema: object = None, target_table: object = None, **kw: object) -> Self:
        """Copy this constraint, without its table.

        Args:
            schema: the schema of the table that the copy refers to; the same one by default.
            target_table: accepted as by all constraints: what this one refers to is named in it.
            kw: none.
        """
        return super().copy(schema=schema, target_table=target_table, **kw)

    @property
    def column_keys(self) -> list[str]:
        """The keys of the columns."""
        return self.columns.keys() or [str(getattr(one, "key", one)) for one in self._declared]

    @property
    def referred_table(self) -> Any:
        """The table referred to.

        Raises:
            NoReferencedTableError: it is not in the metadata (yet).
        """
        return self.elements[0].column.table

    @property
    def _referred_key(self) -> str:
        return self.elements[0]._table_key

    def _adopt(self, column: Any, element: ForeignKey) -> None:
        """Take in the reference that a column was declared with."""
        self.elements.append(element)
        self.columns.add(column)
        self.use_alter = element.use_alter

    def _attach(self, parent: Any) -> None:
        if self.parent is parent:
            return
        for declared, element in zip(self._declared, self.elements, strict=False):
            column = find_column(parent, declared, type(self).__name__)
            if not self.columns.contains_column(column):
                self.columns.add(column)
            if element.parent is None:
                element._join(column)
        Constraint._attach(self, parent)

    def _copy(self, *, schema: object = None, target_table: object = None) -> Self:
        return type(self)(
            self.column_keys,
            [element._target_in(schema) for element in self.elements],
            name=self.name,
            onupdate=self.onupdate,
            ondelete=self.ondelete,
            deferrable=self.deferrable,
            initially=self.initially,
            use_alter=self.use_alter,
            link_to_name=self.link_to_name,
            match=self.match,
            comment=self.comment,
            info=self.info or None,
            **self._copied_options,
        )

    def __repr__(self) -> str:
        targets = [element._get_colspec() for element in self.elements]
        named = f", name={str(self.name)!r}" if self.name is not None else ""
        return f"ForeignKeyConstraint({self.column_keys!r}, {targets!r}{named})"
