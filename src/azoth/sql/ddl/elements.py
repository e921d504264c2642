"""DDL as elements: CREATE, DROP, ALTER, COMMENT, and DDL written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Self

from azoth import exc
from azoth.sql.cache_key import UNCACHEABLE
from azoth.sql.elements import Executable
from azoth.sql.schema import MetaData, Table
from azoth.sql.schema.item import DDLCondition, SchemaItem
from azoth.util.arguments import wrong_value


class ExecutableDDLElement(Executable):
    """A DDL statement that a connection executes."""

    __visit_name__: ClassVar[str] = "ddl_element"
    supports_execution: ClassVar[bool] = True
    is_ddl: ClassVar[bool] = True
    _shape = UNCACHEABLE
    _binds: tuple[Any, ...] = ()
    target: Any = None
    _condition: DDLCondition | None = None

    def against(self, target: Any) -> Self:
        """Copy this statement for a table or metadata, whose names DDL text can use."""
        return self._copy_with(target=target)

    def execute_if(
        self,
        dialect: str | Iterable[str] | None = None,
        callable_: Callable[..., bool] | None = None,
        state: Any = None,
    ) -> Self:
        """Copy this statement so that it is executed under a condition only.

        Args:
            dialect: the name of the dialect, or several.
            callable_: decides; called with the statement, its target, the bind, and named arguments.
            state: passed to ``callable_``.
        """
        return self._copy_with(_condition=DDLCondition.of(dialect, callable_, state))

    def __call__(self, target: Any, bind: Any, **kw: Any) -> None:
        """Run this statement for a target; so that it can listen to events such as ``after_create``."""
        if self.should_execute(target, bind, **kw):
            bind.run_ddl((self.against(target),))

    @property
    def asks_a_function(self) -> bool:
        """Whether a function of the program decides whether this statement is executed."""
        return self._condition is not None and self._condition.decide is not None

    def should_execute(self, target: Any, bind: Any, **kw: Any) -> bool:
        """Tell whether the condition of this statement holds."""
        return self._condition is None or self._condition.holds(self, target, bind, **kw)


DDLElement = ExecutableDDLElement
BaseDDLElement = ExecutableDDLElement


class DDL(ExecutableDDLElement):
    """DDL written by hand.

    Args:
        statement: the SQL; ``%(table)s``, ``%(schema)s`` and ``%(fullname)s`` stand for the names of the target, and
            ``%%`` for a percent sign.
        context: more names for the text.

    Raises:
        ArgumentError: the statement is no text.
    """

    __visit_name__: ClassVar[str] = "ddl"

    def __init__(self, statement: str, context: Mapping[str, Any] | None = None) -> None:
        if not isinstance(statement, str):
            raise exc.ArgumentError(
                f"DDL() takes SQL text, not {type(statement).__name__}",
                why="it is sent as it is",
                fix='write DDL("CREATE ...")',
                code="AZ-C76",
            )
        self.statement = statement
        self.context = dict(context or {})

    def __repr__(self) -> str:
        return f"DDL({self.statement!r})"


class _SchemaDDL(ExecutableDDLElement):
    """DDL about one part of a schema.

    Args:
        element: the part.
    """

    def __init__(self, element: Any) -> None:
        if not isinstance(element, str | SchemaItem):
            raise wrong_value(f"{type(self).__name__}()", "about a table, or another part of a schema", element)
        self.element: Any = element
        self.target = element
        condition = getattr(element, "_ddl_if", None)
        if condition is not None:
            self._condition = condition

    def _about(self, element: object, **others: object) -> Self:
        return self._copy_with(element=element, target=element, **others)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({getattr(self.element, 'name', self.element)!r})"


class _Create(_SchemaDDL):
    def __init__(self, element: Any, if_not_exists: bool = False) -> None:
        super().__init__(element)
        self.if_not_exists = if_not_exists


class _Drop(_SchemaDDL):
    def __init__(self, element: Any, if_exists: bool = False) -> None:
        super().__init__(element)
        self.if_exists = if_exists


class CreateSchema(_Create):
    """CREATE SCHEMA.

    Args:
        name: its name.
        if_not_exists: leave it alone if it exists.
    """

    __visit_name__: ClassVar[str] = "create_schema"

    def __init__(self, name: str, if_not_exists: bool = False) -> None:
        super().__init__(name, if_not_exists)


class DropSchema(_Drop):
    """DROP SCHEMA.

    Args:
        name: its name.
        cascade: drop what is in it, too.
        if_exists: do nothing if it does not exist.
    """

    __visit_name__: ClassVar[str] = "drop_schema"

    def __init__(self, name: str, cascade: bool = False, if_exists: bool = False) -> None:
        super().__init__(name, if_exists)
        self.cascade = cascade


class CreateTable(_Create):
    """CREATE TABLE.

    Args:
        element: the table.
        include_foreign_key_constraints: only these foreign keys; None: all that need no ALTER.
        if_not_exists: leave it alone if it exists.
    """

    __visit_name__: ClassVar[str] = "create_table"

    def __init__(
        self, element: Any, include_foreign_key_constraints: Iterable[Any] | None = None, if_not_exists: bool = False
    ) -> None:
        super().__init__(element, if_not_exists)
        self.include_foreign_key_constraints = (
            None if include_foreign_key_constraints is None else list(include_foreign_key_constraints)
        )
        self.columns = [CreateColumn(column) for column in element.columns]

    def to_metadata(self, metadata: MetaData, table: Table) -> Self:
        """Copy this statement for the copy of its table in another metadata; ``Table.to_metadata()`` calls it."""
        return self._about(table, columns=[CreateColumn(column) for column in table.columns])


class CreateColumn(_SchemaDDL):
    """The definition of a column inside CREATE TABLE."""

    __visit_name__: ClassVar[str] = "create_column"


class DropTable(_Drop):
    """DROP TABLE."""

    __visit_name__: ClassVar[str] = "drop_table"

    def to_metadata(self, metadata: MetaData, table: Table) -> Self:
        """Copy this statement for the copy of its table in another metadata; ``Table.to_metadata()`` calls it."""
        return self._about(table)


class CreateIndex(_Create):
    """CREATE INDEX."""

    __visit_name__: ClassVar[str] = "create_index"


class DropIndex(_Drop):
    """DROP INDEX."""

    __visit_name__: ClassVar[str] = "drop_index"


class CreateSequence(_Create):
    """CREATE SEQUENCE."""

    __visit_name__: ClassVar[str] = "create_sequence"


class DropSequence(_Drop):
    """DROP SEQUENCE."""

    __visit_name__: ClassVar[str] = "drop_sequence"


class AddConstraint(_SchemaDDL):
    """ALTER TABLE ... ADD CONSTRAINT.

    Args:
        element: the constraint.
        isolate_from_table: accepted and without effect: CREATE TABLE takes the constraints that it is told to.
    """

    __visit_name__: ClassVar[str] = "add_constraint"

    def __init__(self, element: Any, *, isolate_from_table: bool = True) -> None:
        super().__init__(element)


class DropConstraint(_Drop):
    """ALTER TABLE ... DROP CONSTRAINT.

    Args:
        element: the constraint.
        cascade: drop what depends on it, too.
        if_exists: do nothing if it does not exist.
        isolate_from_table: accepted and without effect.
    """

    __visit_name__: ClassVar[str] = "drop_constraint"

    def __init__(
        self, element: Any, *, cascade: bool = False, if_exists: bool = False, isolate_from_table: bool = True
    ) -> None:
        super().__init__(element, if_exists)
        self.cascade = cascade


class SetConstraintComment(_SchemaDDL):
    """COMMENT ON CONSTRAINT ... IS '...'."""

    __visit_name__: ClassVar[str] = "set_constraint_comment"


class DropConstraintComment(_SchemaDDL):
    """COMMENT ON CONSTRAINT ... IS NULL."""

    __visit_name__: ClassVar[str] = "drop_constraint_comment"


class SetTableComment(_SchemaDDL):
    """COMMENT ON TABLE ... IS '...'."""

    __visit_name__: ClassVar[str] = "set_table_comment"


class DropTableComment(_SchemaDDL):
    """COMMENT ON TABLE ... IS NULL."""

    __visit_name__: ClassVar[str] = "drop_table_comment"


class SetColumnComment(_SchemaDDL):
    """COMMENT ON COLUMN ... IS '...'."""

    __visit_name__: ClassVar[str] = "set_column_comment"


class DropColumnComment(_SchemaDDL):
    """COMMENT ON COLUMN ... IS NULL."""

    __visit_name__: ClassVar[str] = "drop_column_comment"
