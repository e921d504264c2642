"""foreign() and remote(): which columns of a join condition refer, and which are on the other side."""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypeAlias

from azoth.exc import ArgumentError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.sql.elements import BinaryExpression, BooleanClauseList, ColumnClause, ColumnElement, Part
from azoth.sql.selectable import FromClause, SelectBase
from azoth.sql.visitors import Visitable, replace

Roles: TypeAlias = frozenset[str]

FOREIGN = "foreign"
REMOTE = "remote"
NO_ROLES: Final[Roles] = frozenset()


class JoinMark(ColumnElement[Any]):
    """A column of a join condition with the roles that it plays there.

    It compiles to nothing of its own: conditions are cleared of marks before they become SQL.

    Args:
        element: the column, or an expression of columns.
        roles: "foreign", "remote" or both.
    """

    __visit_name__: ClassVar[str] = "grouping"
    _fields: ClassVar[tuple[str, ...]] = ("element", "roles")

    def __init__(self, element: ColumnElement[Any], roles: Roles) -> None:
        self.element = element
        self.roles = roles
        self.type = element.type
        self._value_hint = element._value_hint

    @property
    def is_foreign(self) -> bool:
        """Whether the column refers to the other side."""
        return FOREIGN in self.roles

    @property
    def is_remote(self) -> bool:
        """Whether the column is on the other side."""
        return REMOTE in self.roles

    def add_role(self, role: str) -> None:
        """Add a role to a mark that whoever calls has just made and nobody else knows."""
        self.roles |= {role}

    def self_group(self, against: Any = None) -> ColumnElement[Any]:
        """Keep the mark; parentheses go around what is marked."""
        return self


class TableMark(FromClause):
    """A table of a relationship with which a subquery of its join condition is correlated.

    Args:
        element: the table.
    """

    __visit_name__: ClassVar[str] = "from_expression"
    _fields: ClassVar[tuple[str, ...]] = ("element",)

    def __init__(self, element: FromClause) -> None:
        self.element = element


def foreign(expr: Any) -> Any:
    """Mark a column of a ``primaryjoin`` as the one that refers to the other side.

    Args:
        expr: the column or attribute.
    """
    return _marked(expr, FOREIGN)


def remote(expr: Any) -> Any:
    """Mark a column of a ``primaryjoin`` as being on the side of the related class.

    Args:
        expr: the column or attribute.
    """
    return _marked(expr, REMOTE)


def _marked(expr: Any, role: str) -> JoinMark:
    element = element_of(expr)
    if not isinstance(element, ColumnElement):
        raise ArgumentError(
            f"{role}() got {type(expr).__name__}, which is no column",
            why="it marks a column in the condition of a join",
            fix="pass a column or a mapped attribute",
            code="AZ-M21",
        )
    if isinstance(element, JoinMark):
        return JoinMark(element.element, element.roles | {role})
    return JoinMark(element, frozenset([role]))


def is_table_column(node: Visitable) -> bool:
    """Tell whether a node is a column of some table or alias."""
    return isinstance(node, ColumnClause) and node.table is not None


def without_parts(condition: Any) -> Any:
    """Let the columns in a condition be those of tables, not parts of what is selected from as a whole."""
    return replace(condition, lambda node: node.element if isinstance(node, Part) else None)


def in_terms_of_tables(expression: Any) -> Any:
    """Let the columns of an expression be those of tables; what its subqueries select from stays as it is."""

    def exchanged(node: Visitable) -> Visitable | None:
        if isinstance(node, SelectBase):
            return node
        return node.element if isinstance(node, Part) else None

    return replace(expression, exchanged)


def with_marks(condition: Any, around: tuple[FromClause, ...]) -> Any:
    """Wrap each column of a condition in exactly one mark, keeping the roles that the user gave.

    Columns of what a subquery in the condition selects from by itself are no part of the join and stay as they are.

    Args:
        condition: the condition.
        around: the tables that it joins.
    """
    # A condition that comes from the other side has marks already.
    bare = replace(condition, lambda node: node.element if isinstance(node, TableMark) else None)
    return _with_roles(without_parts(bare), NO_ROLES, around)


def columns_marked(condition: object) -> Any:
    """Wrap each column of a condition that was made from foreign keys: one or several comparisons of two columns."""
    if isinstance(condition, BooleanClauseList):
        return condition._copy_with(clauses=tuple([columns_marked(clause) for clause in condition.clauses]))
    assert isinstance(condition, BinaryExpression)
    left, right = condition.left, condition.right
    assert isinstance(left, ColumnElement)
    assert isinstance(right, ColumnElement)
    return condition._copy_with(left=JoinMark(left, NO_ROLES), right=JoinMark(right, NO_ROLES))


def _with_roles(condition: Any, roles: Roles, around: tuple[FromClause, ...]) -> Any:
    def exchanged(node: Visitable) -> Visitable | None:
        if isinstance(node, JoinMark):
            inner: Visitable = _with_roles(node.element, roles | node.roles, around)
            return inner
        if is_table_column(node):
            assert isinstance(node, ColumnClause)
            return JoinMark(node, roles)
        return TableMark(node) if isinstance(node, FromClause) and any(node is table for table in around) else None

    # For conditions that are not made of foreign keys.
    from azoth.sql.selectable import replace_free  # noqa: PLC0415

    return replace_free(condition, exchanged, around)


def marks_in(condition: Any) -> list[JoinMark]:
    """List the marks below a node, in tree order; there are none below None."""
    if isinstance(condition, JoinMark):
        return [condition]
    found: list[JoinMark] = []
    pending: list[object] = [condition]
    while pending:
        part = pending.pop()
        if isinstance(part, JoinMark):
            found.append(part)
        elif isinstance(part, Visitable):
            pending.extend([getattr(part, field) for field in reversed(part._fields)])
        elif isinstance(part, tuple):
            pending.extend(reversed(part))
    return found
