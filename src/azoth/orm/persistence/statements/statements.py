"""The statements that write the rows of one mapped table in one dialect, compiled once and kept."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import FlushError, NullRefusedError
from azoth.orm.persistence.profile.mapped_table import MappedTable
from azoth.orm.persistence.profile.table_columns import condition_names, has_own_value
from azoth.orm.persistence.statements.announced import change_of
from azoth.orm.persistence.statements.insert_form import InsertForm
from azoth.orm.persistence.statements.row_statement import RowStatement, compiled_rows
from azoth.sql.cache_key import register_keeper
from azoth.sql.compiler import Compiled, compile_statement
from azoth.sql.dml.change import Change
from azoth.sql.elements import BindParameter, ClauseElement
from azoth.util.generated_code import define, literal

if TYPE_CHECKING:
    from azoth.sql.dml import Insert
    from azoth.sql.ports import CompilerDialect
    from azoth.sql.schema import FetchedValue

Sources = dict[BindParameter[Any], tuple[str, Any, str]]
"""Parameter -> where its value comes from, as ``Source`` says: its kind and its name; and its name for listeners."""

Signature = int
"""The optional attributes of an INSERT for which a value is given, one bit for each."""

SIGNATURE_SOURCE = """\
def signatures(instances):
    found = []
    append = found.append
    for instance in instances:
        get = instance.__dict__.get
        append({tests})
    return found
"""


class TableStatements:
    """The compiled statements of one mapped table for one dialect.

    Attributes:
        mapped, mapper, table: the mapped table, its mapper and its table.
        dialect: the dialect.
        optional: the attributes that an INSERT leaves out where no value is given.
        defaulted: attribute key -> the column's Python default, for those that have one.
        updated: the same for ``onupdate``.
        made_by_update: the attributes with an ``onupdate`` of any kind.
        changed_by_server: the attributes whose values the database makes in an UPDATE.
        expressions: the attributes that hold SQL expressions, which a change of the row may change.
        returns_updated: whether what the database makes in an UPDATE, and of SQL expressions, comes back with it.
        returned_version: the attribute of the version, where the database makes it in an UPDATE and it comes back.
        replacements: the UPDATEs of whole rows, by the attributes of which values are sent.
        signatures: the generated function that finds which optional attributes each instance gives.
    """

    def __init__(self, mapped: MappedTable, dialect: CompilerDialect) -> None:
        self.mapped = mapped
        self.mapper = mapper = mapped.mapper
        # Weak, because the mapper keeps this object for as long as the dialect lives.
        self._dialect = weakref.ref(dialect)
        self.table = mapped.table
        columns = mapped.columns
        self.defaulted: dict[str, Any] = {
            key: column.default for key, column in columns.items() if _is_made_by_python(column.default)
        }
        self.updated: dict[str, Any] = {
            key: column.onupdate for key, column in columns.items() if _is_made_by_python(column.onupdate)
        }
        self.made_by_update = tuple(
            [
                key
                for key, column in columns.items()
                if _is_made_by_python(column.onupdate) or (column.onupdate and column.onupdate.is_clause_element)
            ]
        )
        self.optional = tuple(
            [key for key, column in columns.items() if key not in self.defaulted and self._may_be_left_out(key, column)]
        )
        self.signatures: Callable[[Sequence[Any]], list[Signature]] = self._define_signatures()
        self.changed_by_server = tuple(
            [
                key
                for key, column in columns.items()
                if column.server_onupdate is not None
                or column.computed is not None
                or (column.onupdate is not None and not _is_made_by_python(column.onupdate))
            ]
        )
        self.expressions: tuple[str, ...] = tuple(mapped.expression_keys)
        self._can_return = bool(getattr(dialect, "update_returning", dialect.supports_returning))
        self.returns_updated = mapper.eager_defaults is True and self._can_return
        self.returned_version: str | None = None
        version_key = mapped.version_key
        if version_key in self.changed_by_server and self._can_return:
            known = self._comes_back(columns[version_key].server_onupdate)
            self.returned_version = version_key if known else None
        self.identity_keys = frozenset(mapper.primary_key_keys)
        autoincrement = self.table.autoincrement_column
        self.counted_key = None if autoincrement is None else mapped.key_of(autoincrement)
        self.database_counts = (
            self.counted_key is not None
            and self.counted_key not in self.defaulted
            and self.counted_key not in mapped.given_keys
        )
        self.has_version = mapped.version_column is not None
        self.takes_many_rows = not any(
            column.default is not None and column.default.is_clause_element for column in columns.values()
        )
        self.lastrowid_processor: Callable[[Any], Any] | None = (
            None if autoincrement is None else autoincrement.type.dialect_impl(dialect).result_processor(dialect, None)
        )
        self._inserts: dict[Signature, InsertForm] = {}
        self._updates: dict[tuple[Any, ...], RowStatement] = {}
        self._updates_of_keys: dict[tuple[tuple[str, ...], tuple[str, ...], bool], RowStatement] = {}
        self._delete: RowStatement | None = None
        self.replacements: dict[tuple[str, ...], RowStatement] = {}

    @property
    def is_sent_by_row(self) -> bool:
        """Whether each UPDATE gives something back, so that each row has one of its own."""
        return self.returned_version is not None or (self.returns_updated and bool(self.changed_by_server))

    @property
    def dialect(self) -> Any:
        """The dialect."""
        return self._dialect()

    @property
    def _whose(self) -> str:
        name = self.mapper.class_.__name__
        return name if len(self.mapped.mappers) == 1 else f"{name}, or a class derived from it,"

    # -- INSERT ----------------------------------------------------------------------------------------------------

    def insert_form(self, signature: Signature) -> InsertForm:
        """Give the INSERT for objects with a signature.

        Raises:
            NullRefusedError: the primary key has no value and nothing makes one.
        """
        form = self._inserts.get(signature)
        if form is None:
            form = self._inserts[signature] = self._make_form(signature)
        return form

    def compile_insert(self, keys: Sequence[str], returning: Sequence[str], count: int) -> RowStatement:
        """Compile an INSERT of one row or several."""
        columns = self.mapped.columns
        sources: Sources = {}
        binds = [{columns[key].key: _value_of(key, columns[key], sources) for key in keys} for _ in range(count)]
        statement = self.table.insert()
        if keys:
            statement = statement.values(binds[0] if count == 1 else binds)
        explicit = {
            column.key: column.default.arg
            for key, column in columns.items()
            if key not in keys and column.default is not None and column.default.is_clause_element
        }
        if explicit:
            statement = statement.values(explicit)
        given_back = {key: columns[key] for key in returning}
        if given_back:
            statement = statement.returning(*given_back.values())
        announced = self._announced_insert({}, given_back)
        title = f"INSERT {self.table.fullname}"

        def for_many(_insert: Insert, parameters: Sequence[Any], dialect: CompilerDialect) -> str | None:
            from azoth.orm.persistence.statements.many_rows import (  # noqa: PLC0415  # for servers
                insert_of_many,
                values_of_defaults,
            )

            values = {**binds[0], **explicit}
            made = [bind for bind in parameters if bind not in sources]
            others = values_of_defaults(self.table, values, made, dialect)
            if others is None:
                return None
            values.update(others)
            return insert_of_many(self.table, values, list(given_back.values()), parameters, dialect)

        return compiled_rows(statement, self.dialect, sources, announced, given_back, title, count, for_many)

    def compile_insert_with(
        self, keys: Sequence[str], expressions: dict[str, Any], returning: Sequence[str]
    ) -> RowStatement:
        """Compile an INSERT in which some values are SQL expressions."""
        columns = self.mapped.columns
        sources: Sources = {}
        values: dict[str, Any] = {columns[key].key: _value_of(key, columns[key], sources) for key in keys}
        values.update({columns[key].key: expression for key, expression in expressions.items()})
        statement = self.table.insert().values(values)
        given_back = {key: columns[key] for key in returning}
        if given_back:
            statement = statement.returning(*given_back.values())
        by_column = {columns[key].key: expression for key, expression in expressions.items()}
        announced = self._announced_insert(by_column, given_back)
        return compiled_rows(statement, self.dialect, sources, announced, given_back, f"INSERT {self.table.fullname}")

    def _announced_insert(self, expressions: dict[str, Any], given_back: dict[str, Any]) -> Callable[[], Change]:

        def announce() -> Change:
            statement: Insert = self.table.insert()
            if expressions:
                statement = statement.values(expressions)
            return statement.returning(*given_back.values()) if given_back else statement

        return announce

    def compiled_insert(self, keys: Sequence[str]) -> Compiled:
        """Compile an INSERT of one row, for who wants to look at it."""
        columns = self.mapped.columns
        binds = {columns[key].key: _value_of(key, columns[key], {}) for key in keys}
        return self._compiled(self.table.insert().values(binds))

    def compiled_update(self, keys: Sequence[str], *, versioned: bool = True) -> Compiled:
        """Compile an UPDATE of one row, for who wants to look at it."""
        columns = self.mapped.columns
        binds = {columns[key].key: _value_of(key, columns[key], {}) for key in keys}
        return self._compiled(self._identified(self.table.update().values(binds), {}, [], versioned=versioned))

    def _compiled(self, statement: ClauseElement) -> Compiled:
        compiled: Compiled = compile_statement(statement, self.dialect, parameter_keys=())
        return compiled

    def given_keys(self, signature: Signature) -> tuple[str, ...]:
        """List the attributes that an INSERT with a signature sends."""
        left_out = {key for position, key in enumerate(self.optional) if not signature >> position & 1}
        return tuple([key for key in self.mapped.columns if key not in left_out])

    def _make_form(self, signature: Signature) -> InsertForm:
        dialect, mapped = self.dialect, self.mapped
        keys = self.given_keys(signature)
        missing = [key for key in mapped.columns if key not in keys]
        missing_pk = [key for key in missing if key in mapped.fetched_keys and not self._may_be_null(key, missing)]
        server_made = [key for key in missing if key not in missing_pk and self._is_made_by_server(key)]
        nulls = tuple([key for key in missing if key not in missing_pk and key not in server_made])
        lastrowid_key = None
        returning: list[str] = []
        if missing_pk:
            for key in missing_pk:
                self._check_is_made(key)
            autoincrement = self.table.autoincrement_column
            alone = len(missing_pk) == 1 and mapped.columns[missing_pk[0]] is autoincrement
            by_returning = dialect.supports_returning and getattr(dialect, "favor_returning_over_lastrowid", False)
            if alone and dialect.supports_lastrowid and not by_returning:
                lastrowid_key = missing_pk[0]
            elif dialect.supports_returning:
                returning += missing_pk
            else:
                raise self._cannot_fetch(missing_pk[0])
        eager = self.mapper.eager_defaults
        if server_made and dialect.supports_returning:
            # Without its version a row could not be changed before it is loaded again.
            wanted = (
                server_made if eager in (True, "auto") else [key for key in server_made if key == mapped.version_key]
            )
            known = [key for key in wanted if self._comes_back(mapped.columns[key].server_default)]
            returning += known
            if known and lastrowid_key is not None:
                returning.append(lastrowid_key)
                lastrowid_key = None
            server_made = [key for key in server_made if key not in known]
        expired = (*server_made, *self.expressions)
        return InsertForm(self, keys, lastrowid_key, tuple(returning), expired, nulls)

    def _may_be_null(self, key: str, missing: Sequence[str]) -> bool:
        """Tell whether a part of a primary key may be NULL: the table says so, and other parts have values."""
        column = self.mapped.columns[key]
        return (
            column.nullable
            and self.mapper.allow_partial_pks
            and column is not self.table.autoincrement_column
            and not self._is_made_by_server(key)
            and not all(one in missing for one in self.mapper.primary_key_keys)
        )

    def _is_made_by_server(self, key: str) -> bool:
        column = self.mapped.columns[key]
        return has_own_value(column)

    def _comes_back(self, default: FetchedValue | None) -> bool:
        """Tell whether RETURNING knows what a column's ``server_default`` or ``server_onupdate`` makes."""
        if default is None or default.has_argument or default.is_identity or default.column.computed is not None:
            return True
        return not getattr(self.dialect, "returning_precedes_triggers", False)

    def _may_be_left_out(self, key: str, column: Any) -> bool:
        is_made = column.primary_key and key not in self.mapped.partial_keys
        return bool(is_made or has_own_value(column) or column.type.should_evaluate_none)

    def _check_is_made(self, key: str) -> None:
        column = self.mapped.columns[key]
        if column is self.table.autoincrement_column or self._is_made_by_server(key):
            return
        raise NullRefusedError(
            f"{self._whose} cannot be inserted: {key}, part of its primary key, has no value",
            why=f"column {self.table.fullname}.{column.name} has no default, and the database makes no key for it",
            fix=f"set {self.mapper.class_.__name__}.{key} before the flush, or give the column a default",
            code="AZ-F04",
        )

    def check_returning(self, key: str) -> None:
        """Make sure that a key made by a SQL expression can be fetched.

        Raises:
            FlushError: it cannot.
        """
        if not self.dialect.supports_returning:
            raise self._cannot_fetch(key)

    def _cannot_fetch(self, key: str) -> FlushError:
        column = self.mapped.columns[key]
        return FlushError(
            f"{self._whose} cannot be inserted: the database makes {key}, but gives it not back",
            why=f"dialect {self.dialect.name!r} has no RETURNING, and {self.table.fullname}.{column.name} is no "
            "autoincrement column",
            fix="give the column a default made by Python, or set the key before the flush",
            code="AZ-F05",
        )

    def _define_signatures(self) -> Callable[[Sequence[Any]], list[Signature]]:
        tests = []
        for position, key in enumerate(self.optional):
            name = literal(key)
            if self.mapped.columns[key].type.should_evaluate_none:
                test = f"(get({name}, NO_KEY) is not NO_KEY)"
            else:
                test = f"(get({name}) is not None)"
            tests.append(f"{test} * {1 << position}" if position else test)
        title = f"given attributes of {self.mapper.class_.__name__}"
        source = SIGNATURE_SOURCE.format(tests=" + ".join(tests) or "0")
        function: Callable[[Sequence[Any]], list[Signature]] = define(source, "signatures", title, {"NO_KEY": object()})
        return function

    # -- UPDATE and DELETE -----------------------------------------------------------------------------------------

    def update(self, keys: tuple[str, ...], returning: tuple[str, ...] = ()) -> RowStatement:
        """Give the UPDATE of some attributes; the old version, where one is checked, is the last parameter.

        Args:
            keys: the attributes to set.
            returning: the attributes to give back.
        """
        place: tuple[Any, ...] = (keys, returning) if returning else keys
        statement = self._updates.get(place)
        if statement is None:
            statement = self._updates[place] = self.compile_update(keys, {}, returning=returning)
        return statement

    def update_of_row(
        self, keys: tuple[str, ...], expressions: dict[str, Any], later: Collection[str] = ()
    ) -> RowStatement:
        """Give the UPDATE of one row, some of whose values are SQL expressions; it gives back what it makes.

        Args:
            keys: the attributes to set.
            expressions: attribute key -> SQL expression.
            later: the attributes that have a column in a later table of the object, too.
        """
        returning: tuple[str, ...] = ()
        if self._can_return:
            columns, all_come = self.mapped.columns, self.returns_updated
            made = [
                key
                for key in self.changed_by_server
                if key not in keys
                and (all_come or key == self.returned_version)
                and self._comes_back(columns[key].server_onupdate)
            ]
            # By its new key the object is found again.
            computed = [key for key in expressions if key not in later and (all_come or key in self.identity_keys)]
            returning = (*made, *computed)
        if not expressions:
            return self.update(keys, returning)
        plain = tuple([key for key in keys if key not in expressions])
        return self.compile_update(plain, expressions, returning=returning)

    def update_keys(self, keys: tuple[str, ...], fired: tuple[str, ...] = (), *, versioned: bool) -> RowStatement:
        """Give the UPDATE of foreign keys alone: later than the rest of the row, or for a while.

        Args:
            keys: the attributes to set.
            fired: those with ``onupdate`` that change along with them; other such columns stay.
            versioned: whether it checks and counts the version.
        """
        place = (keys, fired, versioned)
        statement = self._updates_of_keys.get(place)
        if statement is None:
            columns = self.mapped.columns
            made = {
                key: columns[key].onupdate.arg if key in fired else columns[key]
                for key in self.made_by_update
                if key not in keys and (key not in fired or key not in self.updated)
            }
            plain = self.keys_to_set(keys, fired, versioned=versioned)
            statement = self._updates_of_keys[place] = self.compile_update(plain, made, versioned=versioned)
        return statement

    def fired_along(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """List the attributes whose ``onupdate`` acts along with an UPDATE of some others."""
        return tuple([key for key in self.made_by_update if key not in keys])

    def keys_to_set(self, keys: tuple[str, ...], fired: Collection[str], *, versioned: bool = True) -> tuple[str, ...]:
        """List the attributes of which an UPDATE sends values.

        Args:
            keys: the attributes that are set.
            fired: those with ``onupdate`` that change along with them.
            versioned: whether the version is counted.
        """
        if self.updated:
            keys = (*keys, *[key for key in self.updated if key in fired and key not in keys])
        version_key = self.mapped.version_key
        if versioned and version_key is not None and self.mapper.version_id_generator and version_key not in keys:
            keys = (*keys, version_key)
        return keys

    def compile_update(
        self,
        keys: Sequence[str],
        expressions: dict[str, Any],
        *,
        versioned: bool = True,
        returning: Sequence[str] = (),
    ) -> RowStatement:
        """Compile an UPDATE; some values may be SQL expressions."""
        columns = self.mapped.columns
        sources: Sources = {}
        values: dict[str, Any] = {columns[key].key: _value_of(key, columns[key], sources) for key in keys}
        values.update({columns[key].key: expression for key, expression in expressions.items()})
        for key in self.made_by_update:
            if key not in keys and key not in expressions:
                values[columns[key].key] = columns[key].onupdate.arg
        by_expression = {key: value for key, value in values.items() if value not in sources}
        found_by: list[tuple[Any, str]] = []
        statement = self._identified(self.table.update().values(values), sources, found_by, versioned=versioned)
        given_back = {key: columns[key] for key in returning}
        if given_back:
            statement = statement.returning(*given_back.values())

        def announce() -> Change:
            change: Change = change_of(self.table.update(), found_by, by_expression)
            return change.returning(*given_back.values()) if given_back else change

        title = f"UPDATE {self.table.fullname}"

        def for_many(change: Change, parameters: Sequence[Any], dialect: CompilerDialect) -> str | None:
            from azoth.orm.persistence.statements.many_rows import update_of_many  # noqa: PLC0415  # for servers

            if any(bind not in sources for bind in parameters):
                return None
            return update_of_many(self.mapped, keys, change, parameters, dialect)

        is_alike = not expressions and not given_back
        for_many_rows = for_many if is_alike else None
        return compiled_rows(statement, self.dialect, sources, announce, given_back, title, for_many=for_many_rows)

    def delete(self) -> RowStatement:
        """Give the DELETE; the version, where one is checked, is the last parameter."""
        if self._delete is None:
            sources: Sources = {}
            found_by: list[tuple[Any, str]] = []
            statement = self._identified(self.table.delete(), sources, found_by, versioned=True)

            def announce() -> Change:
                return change_of(self.table.delete(), found_by, {})

            def for_many(change: Change, parameters: Sequence[Any], dialect: CompilerDialect) -> str | None:
                from azoth.orm.persistence.statements.many_rows import change_of_many  # noqa: PLC0415  # for servers

                return change_of_many(change, parameters, dialect)

            title = f"DELETE {self.table.fullname}"
            self._delete = compiled_rows(statement, self.dialect, sources, announce, None, title, for_many=for_many)
        return self._delete

    def _identified(self, statement: Any, sources: Sources, found_by: list[tuple[Any, str]], *, versioned: bool) -> Any:
        """Let a statement find its row; ``found_by`` takes the columns, each with the name that listeners see."""
        mapper = self.mapper
        conditions = []
        version = self.mapped.version_column if versioned else None
        columns = self.mapped.key_columns if version is None else (*self.mapped.key_columns, version)
        # A DELETE sets no values, whose names could be the same.
        is_delete = statement.__visit_name__ == "delete"
        names = {one.key: one.key for one in columns} if is_delete else condition_names(self.table, columns)
        for key, column in zip(self.mapped.key_keys, self.mapped.key_columns, strict=True):
            bind: BindParameter[Any] = BindParameter(None, type_=column.type)
            name = names[column.key]
            found_by.append((column, name))
            if key not in self.identity_keys:
                sources[bind] = ("committed", key, name)
            else:
                position = mapper.primary_key_keys.index(key)
                sources[bind] = ("pk", position if mapper.composite_key else None, name)
            conditions.append(column == bind)
        if version is not None:
            # The instance holds the new version by then, so the executor appends the old one to the parameters.
            bind = BindParameter(None, type_=version.type)
            name = names[version.key]
            found_by.append((version, name))
            sources[bind] = ("constant", None, name)
            conditions.append(version == bind)
        return statement.where(*conditions)


def table_statements(mapped: MappedTable, dialect: CompilerDialect) -> TableStatements:
    """Give the statements of a mapped table for a dialect, making them on first use."""
    by_dialect = mapped.statements
    statements: TableStatements | None = by_dialect.get(dialect)
    if statements is None:
        statements = by_dialect[dialect] = TableStatements(mapped, dialect)
        register_keeper(by_dialect)
    return statements


def _is_made_by_python(default: Any) -> bool:
    return default is not None and (default.is_scalar or default.is_callable)


def _value_of(key: str, column: Any, sources: Sources) -> BindParameter[Any]:
    """Make the parameter that takes an attribute's value, and note where it comes from."""
    bind: BindParameter[Any] = BindParameter(key, type_=column.type, unique=True)
    sources[bind] = ("value", key, column.key)
    return bind
