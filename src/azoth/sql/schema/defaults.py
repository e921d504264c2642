"""What fills a column that no value was given for: Python defaults, server defaults, sequences, identities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from azoth import exc
from azoth.sql.cache_key import UNCACHEABLE
from azoth.sql.elements import ClauseElement, ColumnElement
from azoth.sql.schema.constraints import columns_exchanged
from azoth.sql.schema.item import SchemaItem
from azoth.sql.schema.ports import CheckFirst, schema_work
from azoth.sql.schema.quoted_name import BLANK_SCHEMA, quoted_name
from azoth.sql.schema.sql_text import schema_text
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.sql.types import INTEGERTYPE, TypeEngine, to_instance
from azoth.util.arguments import checked, wrong_value
from azoth.util.signature import called_signature


class DefaultGenerator(SchemaItem):
    """What makes a value when a row is written."""

    is_sequence: ClassVar[bool] = False
    is_server_default: ClassVar[bool] = False
    is_clause_element: bool = False
    is_callable: bool = False
    is_scalar: bool = False
    for_update: bool = False
    has_arg: bool = True
    column: Any = None

    def __init__(self, for_update: bool = False) -> None:
        self.for_update = for_update

    def _attach(self, parent: Any) -> None:
        self.column = parent
        if self.for_update:
            parent.onupdate = self
        else:
            parent.default = self


class ColumnDefault(DefaultGenerator):
    """A default made by Python: a value, a function, or a SQL expression put into the statement.

    Args:
        arg: the value, the function (with no argument or one, the execution context), or the expression.
        for_update: whether it applies to UPDATE instead of INSERT.
    """

    __visit_name__: ClassVar[str] = "column_default"

    def __init__(self, arg: Any, for_update: bool = False) -> None:
        if isinstance(arg, FetchedValue):
            raise exc.ArgumentError(
                "a default of the server cannot be the default of a column",
                why="the server makes its value, and Python knows none to send",
                fix="pass it as server_default= or server_onupdate=",
                code="AZ-C52",
            )
        super().__init__(for_update)
        arg = arg.__clause_element__() if hasattr(arg, "__clause_element__") else arg
        self.is_clause_element = isinstance(arg, ClauseElement)
        self.is_callable = not self.is_clause_element and callable(arg)
        self.is_scalar = not self.is_clause_element and not self.is_callable
        self.function: Callable[[], Any] | None = None
        """The user's function where it takes no argument."""
        self.arg: Any = self._with_context(arg) if self.is_callable else arg
        """The value, the expression, or a function of the execution context."""

    def _with_context(self, function: Callable[..., Any]) -> Callable[[Any], Any]:
        if _takes_an_argument(function):
            return function
        self.function = function
        return lambda context: function()

    def compare(self, other: ColumnDefault) -> bool:
        """Tell whether another default is of the same class, for the same statements, and gives the same.

        Args:
            other: the other default.
        """
        same_kind = type(self) is type(other) and self.for_update == other.for_update
        return same_kind and self.compare_argument(other.function or other.arg)

    def compare_argument(self, argument: object) -> bool:
        """Tell whether a column with this argument as its default would have the same one.

        Args:
            argument: an equal value, an expression built the same way, or the same function.
        """
        other = ColumnDefault(argument, self.for_update)
        if self.is_clause_element:
            return other.is_clause_element and bool(self.arg.compare(other.arg))
        if self.is_callable:
            return other.is_callable and (self.function or self.arg) is (other.function or other.arg)
        return other.is_scalar and bool(self.arg == other.arg)

    def _copy(self) -> ColumnDefault:
        return ColumnDefault(self.function or self.arg, self.for_update)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.function or self.arg!r})"


def _takes_an_argument(function: Callable[..., Any]) -> bool:
    try:
        parameters = called_signature(function).parameters.values()
    except (TypeError, ValueError):
        # Some builtins do not tell; those that serve as defaults take nothing.
        return False
    positional = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    required = [one for one in positional if one.default is one.empty]
    if len(required) > 1:
        raise exc.ArgumentError(
            f"the default function {getattr(function, '__name__', function)} takes {len(required)} arguments",
            why="it is called with the execution context, or with nothing",
            fix="let it take one argument or none",
            code="AZ-C53",
        )
    return bool(required) or (not positional and any(one.kind is one.VAR_POSITIONAL for one in parameters))


class FetchedValue(SchemaItem):
    """Something in the database, a trigger for instance, that gives the column its value.

    Args:
        for_update: whether it acts on UPDATE instead of INSERT.
    """

    is_server_default: ClassVar[bool] = True
    reflected: bool = False
    has_argument: bool = False
    is_clause_element: bool = False
    is_identity: ClassVar[bool] = False
    column: Any = None

    def __init__(self, for_update: bool = False) -> None:
        self.for_update = for_update

    def _as_for_update(self, for_update: bool) -> FetchedValue:
        return self if self.for_update == for_update else self._clone(for_update)

    def _clone(self, for_update: bool) -> FetchedValue:
        clone = object.__new__(type(self))
        clone.__dict__.update(self.__dict__)
        clone.for_update = for_update
        return clone

    def _copy(self) -> FetchedValue:
        return self._clone(self.for_update)

    def _attach(self, parent: Any) -> None:
        self.column = parent
        if self.for_update:
            parent.server_onupdate = self
        else:
            parent.server_default = self

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class DefaultClause(FetchedValue):
    """The DEFAULT of a column in CREATE TABLE.

    Args:
        arg: text, which is quoted as a SQL string, or a SQL expression such as ``text("0")``.
        for_update: whether it acts on UPDATE instead of INSERT.
    """

    has_argument = True

    def __init__(self, arg: Any, for_update: bool = False, _reflected: bool = False) -> None:
        arg = arg.__clause_element__() if hasattr(arg, "__clause_element__") else arg
        if not isinstance(arg, str | ClauseElement):
            raise exc.ArgumentError(
                f"a server default is text or a SQL expression, not {type(arg).__name__}",
                why="it becomes part of CREATE TABLE; values of Python belong into default=",
                fix='write server_default="0" or server_default=text("0")',
                code="AZ-C54",
            )
        super().__init__(for_update)
        self.arg = arg
        self.reflected = _reflected
        self.is_clause_element = isinstance(arg, ClauseElement)

    def __repr__(self) -> str:
        return f"DefaultClause({str(self.arg)!r}, for_update={self.for_update!r})"


class Computed(FetchedValue):
    """A column whose value the database computes from others.

    Args:
        sqltext: the expression, as text or as a SQL expression.
        persisted: True stores the value, False computes it when read, None leaves it to the database.
    """

    __visit_name__: ClassVar[str] = "computed_column"

    @checked
    def __init__(self, sqltext: Any, persisted: bool | None = None) -> None:
        if not isinstance(sqltext, str | ClauseElement) and not hasattr(sqltext, "__clause_element__"):
            raise wrong_value("Computed(): sqltext", "a text or a SQL expression", sqltext)
        super().__init__()
        self.sqltext: ColumnElement[Any] | Any = schema_text(sqltext) if isinstance(sqltext, str) else sqltext
        self.persisted = persisted

    def __repr__(self) -> str:
        return f"Computed({', '.join([repr(str(self.sqltext)), *_given({'persisted': self.persisted})])})"

    def copy(self, *, target_table: object = None) -> Computed:
        """Copy this, without its column.

        Args:
            target_table: the table that the copy is for; its expression then speaks of that table's columns.
        """
        copied = Computed(self.sqltext, self.persisted)
        if target_table is not None and self.column is not None:
            copied.sqltext = columns_exchanged(self.sqltext, self.column.table, target_table)
        return copied

    def _attach(self, parent: Any) -> None:
        if parent.server_default is not None or parent.server_onupdate is not None:
            raise exc.ArgumentError(
                f"computed column {parent.name} cannot have a server default as well",
                why="the database computes its value",
                fix="leave server_default and server_onupdate out",
                code="AZ-C55",
            )
        self.column = parent
        parent.computed = self
        parent.server_default = parent.server_onupdate = self


class IdentityOptions:
    """How a sequence or an identity counts."""

    start: int | None
    increment: int | None
    minvalue: int | None
    maxvalue: int | None
    nominvalue: bool | None
    nomaxvalue: bool | None
    cycle: bool | None
    cache: int | None
    order: bool | None

    def _take_counting(self, options: dict[str, Any]) -> None:
        for name in ("start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle", "cache"):
            setattr(self, name, options[name])
        self.order = options.get("order")

    def _counting(self) -> dict[str, Any]:
        names = ("start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle", "cache", "order")
        return {name: getattr(self, name) for name in names}


class Identity(FetchedValue, IdentityOptions, DialectKWArgs):
    """A column that the database numbers: GENERATED AS IDENTITY.

    Args:
        always: True refuses values given by the user.
        on_null: numbers a row also when NULL is given, where the database can.
        start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache, order: how it counts.
        dialect_kw: options of one dialect.
    """

    __visit_name__: ClassVar[str] = "identity_column"
    is_identity: ClassVar[bool] = True

    @checked
    def __init__(
        self,
        always: bool | None = False,
        on_null: bool | None = None,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        nominvalue: bool | None = None,
        nomaxvalue: bool | None = None,
        cycle: bool | None = None,
        cache: int | None = None,
        order: bool | None = None,
        **dialect_kw: object,
    ) -> None:
        options = locals()
        super().__init__()
        if dialect_kw:
            self._take_dialect_options("Identity", dialect_kw)
        self.always = always
        self.on_null = on_null
        self._take_counting(options)

    def __repr__(self) -> str:
        given = _given({"always": self.always or None, "on_null": self.on_null, **self._counting()})
        return f"Identity({', '.join(given)})"

    def copy(self) -> Identity:
        """Copy this, without its column."""
        return Identity(self.always, self.on_null, **self._counting(), **self._copied_options)

    def _attach(self, parent: Any) -> None:
        if parent.server_default is not None:
            raise exc.ArgumentError(
                f"identity column {parent.name} cannot have a server default as well",
                why="the database numbers it",
                fix="leave server_default out",
                code="AZ-C55",
            )
        if parent.autoincrement is False:
            raise exc.ArgumentError(
                f"identity column {parent.name} cannot have autoincrement=False",
                why="the database numbers it",
                fix="leave it out",
                code="AZ-C55",
            )
        self.column = parent
        parent.identity = parent.server_default = self
        if not parent._has_given_nullable:
            parent.nullable = False


class Sequence(DefaultGenerator, IdentityOptions, DialectKWArgs):
    """A sequence of the database, on its own or as the default of a column.

    Args:
        name: its name.
        start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache, order: how it counts.
        schema: where it lives; that of the metadata by default.
        data_type: the type of its values.
        optional: skip it on databases that number keys without sequences.
        metadata: whose ``create_all()`` creates it.
        metadata, for_update, quote, quote_schema: as for columns and tables.
        dialect_kw: options of one dialect.
    """

    __visit_name__: ClassVar[str] = "sequence"
    is_sequence: ClassVar[bool] = True
    metadata: Any

    @checked
    def __init__(
        self,
        name: str,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        nominvalue: bool | None = None,
        nomaxvalue: bool | None = None,
        cycle: bool | None = None,
        schema: Any = None,
        cache: int | None = None,
        order: bool | None = None,
        data_type: Any = None,
        optional: bool = False,
        quote: bool | None = None,
        metadata: Any = None,
        quote_schema: bool | None = None,
        for_update: bool = False,
        **dialect_kw: object,
    ) -> None:
        options = locals()
        super().__init__(for_update)
        if dialect_kw:
            self._take_dialect_options("Sequence", dialect_kw)
        self._take_counting(options)
        self.name = quoted_name.construct(name, quote)
        if schema is None and metadata is not None:
            schema = metadata.schema
        self.schema: str | None = None if schema is BLANK_SCHEMA else quoted_name.construct(schema, quote_schema)
        self.data_type: TypeEngine[Any] = INTEGERTYPE if data_type is None else to_instance(data_type)
        self.optional = optional
        self.metadata = metadata
        if metadata is not None:
            metadata._sequences[self.fullname] = self

    @property
    def fullname(self) -> str:
        """The name with the schema before it."""
        return f"{self.schema}.{self.name}" if self.schema else str(self.name)

    @property
    def type(self) -> TypeEngine[Any]:
        """The type of its values."""
        return self.data_type

    def next_value(self) -> NextSequenceValue:
        """Make the expression for its next value."""
        return NextSequenceValue(self)

    def create(self, bind: Any = None, checkfirst: bool | CheckFirst = True) -> None:
        """Create it in a database."""
        schema_work().create(self, bind or _bind_of(self.metadata, self), checkfirst)

    def drop(self, bind: Any = None, checkfirst: bool | CheckFirst = True) -> None:
        """Drop it from a database."""
        schema_work().drop(self, bind or _bind_of(self.metadata, self), checkfirst)

    def _attach(self, parent: Any) -> None:
        super()._attach(parent)
        parent._when_attached(self._join_metadata)

    def _join_metadata(self, column: Any, table: Any) -> None:
        if self.metadata is None:
            self.metadata = table.metadata
            table.metadata._sequences.setdefault(self.fullname, self)

    def _copy(self) -> Self:
        clone = object.__new__(type(self))
        clone.__dict__.update(self.__dict__)
        clone.metadata = clone.column = None
        return clone

    def __repr__(self) -> str:
        parts = [repr(str(self.name)), *_given(self._counting())]
        parts += _given({"schema": None if self.schema is None else str(self.schema)})
        parts += [f"data_type={self.data_type!r}"] if self.data_type is not INTEGERTYPE else []
        parts += ["optional=True"] if self.optional else []
        return f"Sequence({', '.join(parts)})"


def _given(options: Mapping[str, object]) -> list[str]:
    """Write the options that have a value, as in a call."""
    return [f"{name}={value!r}" for name, value in options.items() if value is not None]


class NextSequenceValue(ColumnElement[int]):
    """The next value of a sequence."""

    __visit_name__: ClassVar[str] = "next_sequence_value"
    _anonymous_hint = "next_value"
    _shape = UNCACHEABLE
    _binds = ()

    def __init__(self, sequence: Sequence) -> None:
        self.sequence = sequence
        self.type = sequence.data_type


def _bind_of(metadata: Any, item: Any, given: Any = None) -> Any:
    bind = getattr(metadata, "bind", None) if given is None else given
    if bind is not None and not hasattr(bind, "dialect"):
        raise wrong_value("bind", "an engine or a connection", bind, "pass what create_engine() gave")
    if bind is None:
        raise exc.UnboundExecutionError(
            f"{' '.join(filter(None, (type(item).__name__, getattr(item, 'name', None))))} is not bound to an engine",
            why="its MetaData was made without bind=",
            fix="pass an engine or a connection",
            code="AZ-C56",
        )
    return bind


def default_generator(value: Any, for_update: bool) -> Any:
    """Make the default of a column from what the user gave."""
    if value is None or isinstance(value, DefaultGenerator):
        if value is not None and value.for_update != for_update:
            value = value._copy()  # type: ignore[attr-defined]
            value.for_update = for_update
        return value
    return ColumnDefault(value, for_update)


def server_generator(value: Any, for_update: bool) -> FetchedValue | None:
    """Make the server default of a column from what the user gave."""
    if value is None:
        return None
    if isinstance(value, FetchedValue):
        return value._as_for_update(for_update)
    return DefaultClause(value, for_update)
