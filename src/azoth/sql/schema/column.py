"""Column, a column of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, Self, TypeVar

from azoth import exc
from azoth.sql.cache_key import next_identity
from azoth.sql.elements import ColumnClause
from azoth.sql.schema.constraints import Constraint, UniqueConstraint
from azoth.sql.schema.defaults import FetchedValue, Sequence, default_generator, server_generator
from azoth.sql.schema.foreign_key import ForeignKey
from azoth.sql.schema.index import Index
from azoth.sql.schema.item import TABLES_TOO, SchemaItem, deeply_copied
from azoth.sql.schema.quoted_name import NULL_UNSPECIFIED, quoted_name
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.sql.types import INTEGERTYPE, NULLTYPE, TypeArgument, TypeEngine, to_instance
from azoth.sql.types.schema_events import SchemaEventTarget
from azoth.util.arguments import checked

ValueT = TypeVar("ValueT", covariant=True)
_ABSENT: Any = object()
_UNSPECIFIED: Any = NULL_UNSPECIFIED


class Column(ColumnClause[ValueT], SchemaItem, DialectKWArgs):
    """A column of a table.

    Args:
        args: name, type, and then any of ForeignKey, constraints, Sequence, Identity and Computed; name and type may
            be left out or given by keyword.
        name: its name in the database.
        type_: its type; with a ForeignKey that of the referenced column by default.
        key: its name in Python, where it differs.
        primary_key: whether it belongs to the primary key.
        nullable: whether NULL is allowed; by default where it is no primary key.
        default: the value on INSERT when none is given: a value, a function or a SQL expression.
        insert_default: the same, for programs in which ``default`` has another meaning.
        onupdate: the value on UPDATE when none is given.
        server_default: its DEFAULT in CREATE TABLE.
        server_onupdate: a FetchedValue where the database changes it on UPDATE.
        unique: whether to add a unique constraint (or, with ``index``, a unique index).
        index: whether to add an index.
        autoincrement: whether the database numbers it: "auto", True, False or "ignore_fk".
        comment, doc, info: notes for the database, for Python, and for the user.
        quote: whether to quote the name; None: where needed.
        system: whether the database makes it by itself.
        insert_sentinel: whether it is there to tell the rows of one INSERT of many apart, where a database does not
            give them back in order; it is a mark only on databases that do.

    Raises:
        ArgumentError: an argument is none of these.
    """

    __visit_name__: ClassVar[str] = "column"
    inherit_cache: ClassVar[bool] = True
    _joined_type: object = None
    """The type that has joined the column, where it is of a kind that does; one that is assigned later has not."""

    @checked
    def __init__(
        self,
        *args: str | TypeArgument[ValueT] | SchemaItem | None,
        name: str | None = None,
        type_: Any = None,
        autoincrement: bool | Literal["auto", "ignore_fk"] = "auto",
        default: Any = _ABSENT,
        insert_default: Any = _ABSENT,
        doc: str | None = None,
        key: str | None = None,
        index: bool | None = None,
        unique: bool | None = None,
        info: Mapping[Any, Any] | None = None,
        nullable: bool = _UNSPECIFIED,
        onupdate: Any = None,
        primary_key: bool = False,
        server_default: Any = None,
        server_onupdate: Any = None,
        quote: bool | None = None,
        system: bool = False,
        comment: str | None = None,
        sort_order: int = 0,
        insert_sentinel: bool = False,
        _omit_from_statements: bool = False,
        **dialect_kwargs: Any,
    ) -> None:
        given_name, given_type, items = _sorted_arguments(args)
        name = name if name is not None else given_name
        if name is None and quote is not None:
            raise exc.ArgumentError(
                f"quote={quote!r} of a column without a name",
                why="it belongs to the name, and the one that an attribute gives later is quoted where it has to be",
                fix='give the name, too: mapped_column("name", quote=True)',
                code="AZ-C743",
            )
        self._take_name(quoted_name.construct(name, quote), key)
        self.type: TypeEngine[Any]
        self._shape = ("column", next_identity())
        self._creation_order = next_identity()
        self.primary_key = primary_key
        self._has_given_nullable = nullable is not _UNSPECIFIED
        self.nullable: bool = nullable if self._has_given_nullable else not primary_key
        self.index = index
        self.unique = unique
        self.system = system
        self._insert_sentinel = insert_sentinel
        self._omit_from_statements = _omit_from_statements
        self.doc = doc
        self.comment = comment
        self.autoincrement = autoincrement
        self.constraints: set[Constraint] = set()
        self.foreign_keys: set[ForeignKey] = set()
        self.computed: Any = None
        self.identity: Any = None
        self._attach_actions: list[Callable[[Any, Any], None]] = []
        if info is not None:
            self.info = info
        self._take_dialect_options("Column", dialect_kwargs) if dialect_kwargs else None
        self._take_defaults(default if insert_default is _ABSENT else insert_default, onupdate)
        self._take_server_defaults(server_default, server_onupdate)
        self._take_type(to_instance(given_type if type_ is None else type_))
        for item in items:
            item._join(self)

    def _take_name(self, name: Any, key: str | None) -> None:
        self.name = name
        self.key = key if key is not None else name
        self._anonymous_hint = self._value_hint = name if name is not None else "anon"

    def _take_type(self, type_: TypeEngine[Any]) -> None:
        self.type = type_
        if type_._variants:
            for variant in type_._variants.values():
                if isinstance(variant, SchemaEventTarget):
                    variant._join(self)
        if isinstance(type_, SchemaEventTarget):
            self._joined_type = type_
            type_._join(self)

    def _take_defaults(self, default: Any, onupdate: Any) -> None:
        self.default = None if default is _ABSENT else default_generator(default, False)
        self.onupdate = default_generator(onupdate, True)
        for generator in (self.default, self.onupdate):
            if generator is not None:
                generator._join(self)

    def _take_server_defaults(self, default: Any, onupdate: Any) -> None:
        self.server_default = self.server_onupdate = None
        for generator in (server_generator(default, False), server_generator(onupdate, True)):
            if generator is not None:
                generator._join(self)

    # -- joining a table ------------------------------------------------------

    def _attach(self, parent: Any) -> None:
        """Become a column of a table."""
        table = parent
        if not self.name:
            raise exc.ArgumentError(
                f"a column of table {table.description} has no name",
                why="neither its first argument nor an attribute names it",
                fix="give the column a name",
                code="AZ-C57",
            )
        if self.key is None:
            self._take_name(self.name, None)
        self._refuse_other_table(table)
        table._add_column(self)
        self.table = table
        self._add_declared_index_or_unique(table)
        actions, self._attach_actions = self._attach_actions, []
        for action in actions:
            action(self, table)

    def _refuse_other_table(self, table: Any) -> None:
        if self.table is not None and self.table is not table:
            raise exc.ArgumentError(
                f"Column object '{self.key}' already assigned to Table '{self.table.description}'",
                why="a column belongs to one table",
                fix="make a new Column for each table",
                code="AZ-C58",
            )

    def _add_declared_index_or_unique(self, table: Any) -> None:
        if self.index:
            Index(None, self, unique=bool(self.unique), _column_flag=True)
        elif self.unique:
            constraint = UniqueConstraint(self, _column_flag=True)
            table.append_constraint(constraint)

    def _when_attached(self, action: Callable[[Any, Any], None]) -> None:
        """Call something with this column and its table, as soon as it has one."""
        if self.table is not None:
            action(self, self.table)
        else:
            self._attach_actions.append(action)

    # -- questions ------------------------------------------------------------

    def references(self, column: Column[Any]) -> bool:
        """Tell whether a foreign key of this column refers to another column."""
        return any(foreign_key.column is column for foreign_key in self.foreign_keys)

    def append_foreign_key(self, fk: ForeignKey) -> None:
        """Add a foreign key to this column."""
        fk._join(self)

    def copy(self, **kw: Any) -> Column[ValueT]:
        """Copy this column, without its table."""
        return self._copy(**kw)

    def _copy(self, *, schema: Any = None) -> Column[ValueT]:
        # In a table a foreign key belongs to the table's constraint, with which it is copied.
        items: list[Any] = [fk._copy(schema=schema) for fk in self._ordered_foreign_keys() if fk.constraint is None]
        items += [constraint.copy() for constraint in self.constraints if not constraint._column_flag]
        generated = self.computed or self.identity
        if generated is not None:
            items.append(generated._copy())
        copied: Column[ValueT] = type(self)(
            *items,
            name=self.name,
            type_=None if self.type is NULLTYPE else _copy_type(self.type),
            key=self.key,
            primary_key=self.primary_key,
            nullable=self.nullable if self._has_given_nullable else _UNSPECIFIED,
            unique=self.unique,
            index=self.index,
            system=self.system,
            insert_sentinel=self._insert_sentinel,
            _omit_from_statements=self._omit_from_statements,
            autoincrement=self.autoincrement,
            default=_ABSENT if self.default is None else self.default._copy(),
            onupdate=None if self.onupdate is None else self.onupdate._copy(),
            server_default=_copy_server(self.server_default, generated),
            server_onupdate=_copy_server(self.server_onupdate, generated),
            doc=self.doc,
            comment=self.comment,
            info=self.info or None,
            **self._copied_options,
        )
        copied.nullable = self.nullable
        return self._heard_by_copy(copied)

    def _ordered_foreign_keys(self) -> list[ForeignKey]:
        return sorted(self.foreign_keys, key=lambda fk: fk._creation_order)

    def __str__(self) -> str:
        if self.table is not None and self.table.named_with_column:
            return f"{self.table.description}.{self.description}"
        return str(self.description)

    def __repr__(self) -> str:
        parts = [repr(str(self.name)) if self.name is not None else "None", repr(self.type)]
        parts += [repr(fk) for fk in self._ordered_foreign_keys()]
        parts.append(f"table=<{self.table.description}>" if self.table is not None else "table=None")
        if self.key != self.name:
            parts.append(f"key={self.key!r}")
        if self.primary_key:
            parts.append("primary_key=True")
        if not self.nullable:
            parts.append("nullable=False")
        parts += [
            f"{name}={getattr(self, name)!r}"
            for name in ("onupdate", "default", "server_default", "comment")
            if getattr(self, name) is not None
        ]
        return f"Column({', '.join(parts)})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        # As Table does.
        if memo and TABLES_TOO not in memo:
            return self
        memo[TABLES_TOO] = True
        return deeply_copied(self, memo)

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state.pop("_shape", None)
        state.pop("_attach_actions", None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        # Identities count from 1 in each process; those of another one mean nothing here.
        self.__dict__["_shape"] = ("column", next_identity())
        self.__dict__["_attach_actions"] = []


def _copy_type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    copied = type_.copy()
    if type_.extension_notes and not copied.extension_notes:
        # The type's class makes copies in its own way.
        copied.extension_notes = type_.extension_notes
    return copied


def insert_sentinel(
    name: str | None = None,
    type_: TypeArgument[Any] | None = None,
    *,
    default: object = None,
    omit_from_statements: bool = True,
) -> Column[Any]:
    """Make a column by which the rows of one INSERT of many can be told apart, where a database needs one for that.

    Nothing is written to it on databases that give such rows back in order, as SQLite does.

    Args:
        name: its name.
        type_: its type; Integer by default.
        default: as for every column.
        omit_from_statements: whether a SELECT of the whole table, and an INSERT without values, leave it out.
    """
    return Column(
        name,
        INTEGERTYPE if type_ is None else type_,
        default=_ABSENT if default is None else default,
        insert_sentinel=True,
        _omit_from_statements=omit_from_statements,
    )


def _copy_server(value: Any, generated: Any) -> FetchedValue | None:
    if value is None or value is generated:
        return None
    copied: FetchedValue = value._copy()
    return copied


def _sorted_arguments(args: tuple[Any, ...]) -> tuple[Any, Any, list[Any]]:
    """Tell name, type and items apart among the positional arguments of a column."""
    rest = list(args)
    name = type_ = None
    if rest and (rest[0] is None or isinstance(rest[0], str)):
        name = rest.pop(0)
    if rest and _is_type(rest[0]):
        type_ = rest.pop(0)
    items = [item for item in rest if item is not None]
    for item in items:
        if not isinstance(item, SchemaItem):
            raise exc.ArgumentError(
                f"an argument of Column {name or ''} is {item!r}",
                why="after name and type stand ForeignKey, constraints, Sequence, Identity or Computed",
                fix="check the order: name, type, then the rest; options are named",
                code="AZ-C59",
            )
    return name, type_, items


def _is_type(value: Any) -> bool:
    if isinstance(value, TypeEngine) or (isinstance(value, type) and issubclass(value, TypeEngine)):
        return True
    return value is None or (callable(value) and not isinstance(value, SchemaItem) and not isinstance(value, Sequence))
