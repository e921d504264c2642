"""Constraints of a table: primary key, unique, check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

from azoth import exc
from azoth.sql.cache_key import next_identity
from azoth.sql.elements import ClauseElement, ColumnClause
from azoth.sql.schema.item import HasConditionalDDL, SchemaItem
from azoth.sql.schema.naming import convention_name
from azoth.sql.schema.sql_text import schema_text
from azoth.sql.selectable.column_collection import ColumnCollection
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.sql.visitors import replace as replace_nodes
from azoth.sql.visitors import walk
from azoth.util.arguments import checked, wrong_value


class Constraint(DialectKWArgs, HasConditionalDDL, SchemaItem):
    """A constraint of a table.

    Args:
        name: its name in the database; one from the naming convention by default.
        deferrable: whether it can be checked at the end of a transaction.
        initially: when it is checked unless told otherwise, such as "DEFERRED".
        info: notes of the user.
        comment: a comment in the database.
        dialect_kw: options of one dialect, such as ``sqlite_on_conflict``.
    """

    __visit_name__: ClassVar[str] = "constraint"
    _kind_of_name: ClassVar[str | None] = None
    """What naming conventions call such constraints."""
    parent: Any = None
    _column_flag: bool = False
    _create_rule: Any = None

    @checked
    def __init__(
        self,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        info: Mapping[Any, Any] | None = None,
        comment: str | None = None,
        _create_rule: Any = None,
        _type_bound: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self.name = name
        self.deferrable = deferrable
        self.initially = initially
        self.comment = comment
        self._type_bound = _type_bound
        self._creation_order = next_identity()
        if _create_rule is not None:
            self._create_rule = _create_rule
        if info is not None:
            self.info = info
        if dialect_kw:
            self._take_dialect_options(type(self).__name__, dialect_kw)

    @property
    def table(self) -> Any:
        """The table of this constraint.

        Raises:
            InvalidRequestError: it has none yet.
        """
        if self.parent is None:
            raise exc.InvalidRequestError(
                f"{type(self).__name__} {self.name or ''} does not belong to a table",
                why="it was made apart from one",
                fix="pass it to Table(), or call table.append_constraint()",
                code="AZ-C60",
            )
        return getattr(self.parent, "table", None) or self.parent

    def _attach(self, parent: Any) -> None:
        """Become a constraint of a table."""
        self.parent = parent
        parent.constraints.add(self)
        self._take_name(parent)

    def _take_name(self, table: Any) -> None:
        self.name = convention_name(self, table)

    def copy(self, **kw: Any) -> Self:
        """Copy this constraint, without its table."""
        return self._with_same_condition(self._copy(**kw))

    def _copy(self, *, schema: object = None, target_table: object = None) -> Self:
        raise TypeError(f"{type(self).__name__} cannot be copied")

    def _with_same_condition(self, copied: Self) -> Self:
        copied._ddl_if = self._ddl_if
        return copied

    def _common_arguments(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "deferrable": self.deferrable,
            "initially": self.initially,
            "comment": self.comment,
            "info": self.info or None,
            "_create_rule": self._create_rule,
            "_type_bound": self._type_bound,
            **self._copied_options,
        }


class ColumnCollectionMixin:
    """What refers to columns: constraints on several of them, and indexes.

    Args:
        columns: the columns, or their names.
    """

    columns: ColumnCollection
    """The columns."""

    def __init__(self, *columns: Any) -> None:
        self._declared = [_as_column(column) for column in columns]
        self.columns = ColumnCollection()

    @property
    def c(self) -> ColumnCollection:
        """The same as ``columns``."""
        return self.columns


class ColumnCollectionConstraint(ColumnCollectionMixin, Constraint):
    """A constraint on some columns of a table.

    Args:
        columns: the columns, or their names.
        name, deferrable, initially, info, dialect_kw: as for every constraint.
    """

    def __init__(
        self,
        *columns: Any,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        info: Mapping[Any, Any] | None = None,
        _column_flag: bool = False,
        **dialect_kw: Any,
    ) -> None:
        ColumnCollectionMixin.__init__(self, *columns)
        Constraint.__init__(self, name, deferrable, initially, info, **dialect_kw)
        self._column_flag = _column_flag
        if not _column_flag:
            attach_with_columns(self, self._declared)

    def _attach(self, parent: Any) -> None:
        if self.parent is parent:
            return
        self._resolve_columns(parent)
        super()._attach(parent)

    def _resolve_columns(self, table: Any) -> None:
        for declared in self._declared:
            column = find_column(table, declared, type(self).__name__)
            if not self.columns.contains_column(column):
                self.columns.add(column)

    def _copy(self, *, schema: object = None, target_table: object = None) -> Self:
        names = [column.key for column in self.columns] or [getattr(one, "key", one) for one in self._declared]
        return type(self)(*names, **self._common_arguments())

    def copy(self, *, target_table: object = None, **kw: object) -> Self:
        """Copy this constraint, without its table.

        Args:
            target_table: the table that the copy is for: conditions then speak of its columns.
            kw: as for the kind of constraint.
        """
        return super().copy(target_table=target_table, **kw)

    def contains_column(self, col: object) -> bool:
        """Tell whether a column is part of this constraint."""
        return self.columns.contains_column(col)

    def __contains__(self, key: object) -> bool:
        return key in self.columns if isinstance(key, str) else self.columns.contains_column(key)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __repr__(self) -> str:
        columns = self.columns.values() or self._declared
        parts = [repr(str(getattr(column, "name", column))) for column in columns]
        if self.name is not None:
            parts.append(f"name={str(self.name)!r}")
        return f"{type(self).__name__}({', '.join(parts)})"


class UniqueConstraint(ColumnCollectionConstraint):
    """A UNIQUE constraint on some columns."""

    __visit_name__: ClassVar[str] = "unique_constraint"
    _kind_of_name: ClassVar[str | None] = "uq"


class PrimaryKeyConstraint(ColumnCollectionConstraint):
    """The PRIMARY KEY of a table; each table has one, made by itself from ``Column(primary_key=True)``."""

    __visit_name__: ClassVar[str] = "primary_key_constraint"
    _kind_of_name: ClassVar[str | None] = "pk"

    def __init__(
        self,
        *columns: Any,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        info: Mapping[Any, Any] | None = None,
        _implicit: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self._implicit = _implicit
        self._given_name: tuple[str | None] | None = None
        super().__init__(*columns, name=name, deferrable=deferrable, initially=initially, info=info, **dialect_kw)

    def _attach(self, parent: Any) -> None:
        if self.parent is parent:
            return
        previous = parent.__dict__.get("primary_key")
        if previous is not None and previous is not self:
            parent.constraints.discard(previous)
        parent.__dict__["primary_key"] = self
        self._resolve_columns(parent)
        for column in self.columns:
            column.primary_key = True
            if not column._user_defined_nullable:
                column.nullable = False
        if not self._declared:
            for column in parent.c:
                self._add_flagged(column)
        Constraint._attach(self, parent)

    def _add_flagged(self, column: Any) -> None:
        """Take in a column that was declared with ``primary_key=True``."""
        if column.primary_key and not self.columns.contains_column(column):
            self.columns.add(column)
            if self._given_name is not None:
                self._take_name(self.parent)

    def _take_name(self, table: Any) -> None:
        """Work out the name; again with each column that joins, as the convention may name them."""
        if self._given_name is None:
            self._given_name = (self.name,)
        self.name = self._given_name[0]
        try:
            self.name = convention_name(self, table)
        except IndexError:
            # The convention names columns, and there are none yet.
            self.name = self._given_name[0]

    @property
    def columns_autoinc_first(self) -> list[Any]:
        """The columns, the one that the database numbers first."""
        first = self._autoincrement_column
        return ([first] if first is not None else []) + [column for column in self.columns if column is not first]

    @property
    def _autoincrement_column(self) -> Any:
        columns = self.columns.values()
        asked = [column for column in columns if column.autoincrement in (True, "ignore_fk")]
        if len(asked) > 1:
            raise exc.ArgumentError(
                f"columns {asked[0].key} and {asked[1].key} are both marked with autoincrement",
                why="a database numbers one column of a table",
                fix="leave autoincrement=True on one of them",
                code="AZ-C61",
            )
        for column in asked:
            if _can_count(column, explicit=True):
                return column
        if len(columns) == 1 and columns[0].autoincrement == "auto" and _can_count(columns[0], explicit=False):
            return columns[0]
        return None


class CheckConstraint(ColumnCollectionConstraint):
    """A CHECK constraint.

    Args:
        sqltext: the condition, as text or as a SQL expression.
        name, deferrable, initially, info: as for every constraint.
        table: the table, where it is not passed to ``Table()``.
    """

    __visit_name__: ClassVar[str] = "check_constraint"
    _kind_of_name: ClassVar[str | None] = "ck"

    @checked
    def __init__(
        self,
        sqltext: Any,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        table: Any = None,
        info: Mapping[Any, Any] | None = None,
        _create_rule: Any = None,
        _type_bound: bool = False,
        _autoattach: bool = True,
        **dialect_kw: Any,
    ) -> None:
        if not isinstance(sqltext, str | ClauseElement) and not hasattr(sqltext, "__clause_element__"):
            raise wrong_value("CheckConstraint(): sqltext", "a text or a SQL expression", sqltext)
        self.sqltext: Any = schema_text(sqltext) if isinstance(sqltext, str) else sqltext
        columns = unique_columns(self.sqltext)
        super().__init__(
            *columns,
            name=name,
            deferrable=deferrable,
            initially=initially,
            info=info,
            _create_rule=_create_rule,
            _type_bound=_type_bound,
            _column_flag=not _autoattach or table is not None,
            **dialect_kw,
        )
        self._column_flag = False
        if table is not None:
            self._join(table)

    def _attach(self, parent: Any) -> None:
        if isinstance(parent, ColumnClause):
            self.parent = parent
            column: Any = parent
            column.constraints.add(self)
            column._when_attached(self._name_by_convention)
            return
        super()._attach(parent)

    def _name_by_convention(self, column: Any, table: Any) -> None:
        self.name = convention_name(self, table)

    def _resolve_columns(self, table: Any) -> None:
        for column in self._declared:
            of = getattr(column, "table", None)
            if of is None or of is table:
                self.columns.add(column)

    def _copy(self, *, schema: object = None, target_table: object = None) -> Self:
        condition = self.sqltext
        if target_table is not None:
            condition = columns_exchanged(condition, self.parent, target_table)
        return type(self)(condition, _autoattach=False, **_without_comment(self._common_arguments()))

    def __repr__(self) -> str:
        named = f", name={str(self.name)!r}" if self.name is not None else ""
        return f"CheckConstraint({str(self.sqltext)!r}{named})"


def attach_with_columns(item: Any, columns: Sequence[Any]) -> None:
    """Attach a constraint or an index to the table of its columns, as soon as all of them have one.

    Nothing happens where it was given names instead of columns.
    """
    if not columns or not all(isinstance(column, ColumnClause) for column in columns):
        return

    def attach(_column: Any, table: Any) -> None:
        if item.parent is None and all(column.table is table for column in columns):
            item._join(table)

    for column in columns:
        if hasattr(column, "_when_attached"):
            column._when_attached(attach)


def find_column(table: Any, declared: Any, owner: str) -> Any:
    """Find a column of a table by key, by name, or by an object that stands for it.

    Raises:
        ConstraintColumnNotFoundError: there is none.
    """
    if isinstance(declared, ColumnClause):
        if getattr(declared, "table", None) is table:
            return declared
        declared = declared.key
    column = table.c.get(declared)
    if column is None:
        column = next((one for one in table.c if one.name == declared), None)
    if column is None:
        raise exc.ConstraintColumnNotFoundError(
            f"Can't create {owner} on table '{table.description}': no column named '{declared}' is present.",
            why=f"its columns are: {', '.join(table.c.keys())}",
            fix="name one of them",
            code="AZ-C62",
        )
    return column


def unique_columns(expression: Any) -> list[Any]:
    """List the columns of an expression, each once, in the order in which they stand there."""
    found: dict[int, Any] = {}
    if isinstance(expression, ClauseElement):
        for node in walk(expression):
            if isinstance(node, ColumnClause) and not node.is_literal:
                found.setdefault(id(node), node)
    return list(found.values())


def columns_exchanged(expression: Any, source: Any, target: Any) -> Any:
    """Copy an expression with the columns of one table exchanged for those of another."""
    if not isinstance(expression, ClauseElement):
        return expression
    table = getattr(source, "table", None) or source

    def exchanged(node: Any) -> Any:
        if isinstance(node, ColumnClause) and node.table is table:
            return target.c.get(node.key)
        return None

    from_tree: Any = replace_nodes(expression, exchanged)
    return from_tree


def _can_count(column: Any, *, explicit: bool) -> bool:
    if column.type._affinity not in ("integer", "numeric"):
        if not explicit:
            return False
        raise exc.ArgumentError(
            f"column {column.key} of type {column.type!r} cannot have autoincrement",
            why="a database numbers whole numbers only",
            fix="use Integer or leave autoincrement out",
            code="AZ-C61",
        )
    if explicit:
        return column.autoincrement == "ignore_fk" or column.autoincrement is True
    if column.type._affinity != "integer" or column.foreign_keys:
        return False
    if column.server_default is not None and not column.server_default.is_identity:
        return False
    return column.default is None or (column.default.is_sequence and column.default.optional)


def _as_column(column: Any) -> Any:
    element = column.__clause_element__() if hasattr(column, "__clause_element__") else column
    if isinstance(element, str | ColumnClause):
        return element
    raise exc.ArgumentError(
        f"a constraint is on columns or their names, not on {type(column).__name__}",
        why="the database checks columns of a table",
        fix='write UniqueConstraint("a", "b") or name Column objects',
        code="AZ-C63",
    )


def _without_comment(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != "comment"}
