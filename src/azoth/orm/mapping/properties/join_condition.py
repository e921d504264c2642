"""JoinCondition: how the rows of two mapped classes belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import eq
from typing import TYPE_CHECKING, Any, Final, cast

from azoth.exc import AmbiguousForeignKeysError, ArgumentError, NoForeignKeysError, NoReferenceError
from azoth.orm.mapping.attributes.join_marks import (
    FOREIGN,
    REMOTE,
    JoinMark,
    TableMark,
    columns_marked,
    marks_in,
    with_marks,
)
from azoth.orm.mapping.direction import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
from azoth.sql.elements import BinaryExpression, BooleanClauseList, Grouping
from azoth.sql.operators import and_ as and_operator
from azoth.sql.operators import is_comparison
from azoth.sql.selectable import join_condition as condition_from_fks
from azoth.sql.selectable import replace_consistently
from azoth.sql.visitors import Visitable, replace, walk

if TYPE_CHECKING:
    from azoth.sql.elements import Cast

ColumnPair = tuple[Any, Any]
Comparisons = list[BinaryExpression[Any]]
Exchange = Callable[[Any], Any]

CASTS: Final = frozenset({"cast", "try_cast", "type_coerce"})


class JoinArguments:
    """What a relationship says about its join, strings and functions already resolved.

    Args:
        name: the relationship, for messages; its text is asked for when there is one.
        parent: the table of the class that declares the relationship.
        target: the table of the related class.
        secondary: the table between them.
        primaryjoin, secondaryjoin: conditions where the user gave them.
        foreign_keys: the columns that refer, where the user named them.
        remote_side: the columns of the other side, where the user named them.
        viewonly: whether the relationship is never written.
        parent_table, target_table: the classes' own tables, whose foreign keys are meant where others fit, too.
    """

    __slots__ = (
        "foreign_keys", "name", "parent", "parent_table", "primaryjoin", "remote_side",
        "secondary", "secondaryjoin", "target", "target_table", "viewonly",
    )  # fmt: skip

    def __init__(
        self,
        name: object,
        parent: Any,
        target: Any,
        *,
        secondary: Any = None,
        primaryjoin: Any = None,
        secondaryjoin: Any = None,
        foreign_keys: frozenset[Any] = frozenset(),
        remote_side: frozenset[Any] = frozenset(),
        viewonly: bool = False,
        parent_table: Any = None,
        target_table: Any = None,
    ) -> None:
        self.parent_table = parent_table
        self.target_table = target_table
        self.name = name
        self.parent = parent
        self.target = target
        self.secondary = secondary
        self.primaryjoin = primaryjoin
        self.secondaryjoin = secondaryjoin
        self.foreign_keys = foreign_keys
        self.remote_side = remote_side
        self.viewonly = viewonly


class JoinCondition:
    """The conditions of a relationship, with the role of each column in them.

    Args:
        arguments: what the relationship says about its join.

    Attributes:
        primaryjoin, secondaryjoin: the conditions, without marks.
        direction: on which side the foreign key is.
        synchronize_pairs: (source column, foreign key column) that a flush keeps equal.
        secondary_synchronize_pairs: the same between the target and the secondary table.
        local_remote_pairs: (column on this side, column on the other side) that are compared.
        remote_columns, local_columns, foreign_columns: the columns by role.

    Raises:
        NoForeignKeysError: no foreign key connects the tables.
        AmbiguousForeignKeysError: several do.
        ArgumentError: the condition names no foreign key column, or the direction is not clear.
    """

    def __init__(self, arguments: JoinArguments) -> None:
        self.arguments = arguments
        self.name = arguments.name
        self.secondary = arguments.secondary
        self.is_self_referential = arguments.parent is arguments.target
        self._find_conditions()
        # Until the constructor is done, nobody else knows the marks: roles are added to them as they are found.
        self._primary_marks = marks_in(self.marked_primary)
        self._marks = self._primary_marks + marks_in(self.marked_secondary)
        self._comparisons = _comparisons(self.marked_primary), _comparisons(self.marked_secondary)
        self._find_foreign()
        self._find_remote()
        self._collect_columns()
        self.direction = self._find_direction()
        self._find_pairs()

    def condition(
        self, *, parent: Exchange | None = None, target: Exchange | None = None, secondary: Exchange | None = None
    ) -> tuple[Any, Any]:
        """Build the conditions with the columns of one or more sides exchanged.

        Args:
            parent: gives what stands for a column of the declaring class (an alias's column, a bound value).
            target: the same for the related class.
            secondary: the same for the table between.

        Returns:
            primaryjoin and secondaryjoin (None where there is no secondary table).
        """
        if self.secondary is None:
            remote = _exchanged(
                self.marked_primary, lambda mark: target if mark.is_remote else parent, (parent, target)
            )
            return remote, None
        between = self._in_secondary
        sides = (parent, secondary, target)
        first = _exchanged(self.marked_primary, lambda mark: secondary if between(mark.element) else parent, sides)
        second = _exchanged(self.marked_secondary, lambda mark: secondary if between(mark.element) else target, sides)
        return first, second

    def is_get(self, pk_keys: Sequence[str], column_to_key: Mapping[Any, str]) -> bool:
        """Tell whether the condition is exactly "the other side's primary key equals columns of this side".

        Args:
            pk_keys: the attributes of the other side's primary key.
            column_to_key: the attributes of its columns; a key has one in each table of its class.
        """
        if self.direction is not MANYTOONE:
            return False
        remote: list[str | None] = []
        for clause in conjuncts(self.marked_primary):
            pair = _equated(clause)
            if pair is None or pair[0].is_remote == pair[1].is_remote:
                return False
            remote.append(column_to_key.get(pair[0].element if pair[0].is_remote else pair[1].element))
        return len(remote) == len(set(remote)) and set(remote) == set(pk_keys)

    def reversed_primary(self) -> Any:
        """Build the condition as the other side sees it: what is remote here is local there."""

        def stand_in(node: Visitable) -> Visitable | None:
            if not isinstance(node, JoinMark):
                return None
            kept = node.roles - {REMOTE}
            return JoinMark(node.element, kept if node.is_remote else kept | {REMOTE})

        return replace(self.marked_primary, stand_in)

    def _in_secondary(self, column: Any) -> bool:
        return self.secondary is not None and column.table is self.secondary

    # -- the steps of the constructor -----------------------------------------

    def _find_conditions(self) -> None:
        given = self.arguments
        if given.secondaryjoin is not None and given.secondary is None:
            raise ArgumentError(
                f"relationship {self.name} has a secondaryjoin but no secondary table",
                why="secondaryjoin leads from that table to the related class",
                fix="name the table between the two classes as secondary=",
                code="AZ-M22",
            )
        tables = [table for table in (given.parent, given.target, given.secondary) if table is not None]
        around = tuple([part for table in tables for part in table._parts])
        self.secondaryjoin = self.marked_secondary = None
        if given.secondaryjoin is not None:
            self.marked_secondary = with_marks(given.secondaryjoin, around)
            self.secondaryjoin = unmarked(self.marked_secondary)
        elif given.secondary is not None:
            self.secondaryjoin = self._infer(given.target, given.secondary, "secondaryjoin", given.target_table)
            self.marked_secondary = columns_marked(self.secondaryjoin)
        if given.primaryjoin is not None:
            self.marked_primary = with_marks(given.primaryjoin, around)
            self.primaryjoin = unmarked(self.marked_primary)
        else:
            other = given.target if given.secondary is None else given.secondary
            self.primaryjoin = self._infer(given.parent, other, "primaryjoin", given.parent_table)
            self.marked_primary = columns_marked(self.primaryjoin)

    def _infer(self, left: Any, right: Any, argument: str, own_table: Any) -> Any:
        only = self.arguments.foreign_keys or None
        try:
            return condition_from_fks(left, right, a_subset=own_table, consider_as_foreign_keys=only)
        except AmbiguousForeignKeysError as error:
            raise AmbiguousForeignKeysError(
                f"Could not determine join condition between parent/child tables on relationship {self.name}",
                why=error.why or f"several foreign keys connect {left.description} and {right.description}",
                fix=f"name the columns that refer as foreign_keys=, or the whole condition as {argument}=",
                code="AZ-M23",
            ) from error
        except NoForeignKeysError as error:
            raise NoForeignKeysError(
                f"Could not determine join condition between parent/child tables on relationship {self.name}",
                why=_why_no_fks(left, right),
                fix=f"add a ForeignKey to one of the tables, or give the condition as {argument}=",
                code="AZ-M24",
            ) from error

    def _find_foreign(self) -> None:
        if any(mark.is_foreign for mark in self._marks):
            return
        named = self.arguments.foreign_keys
        if named:
            self._add_role(FOREIGN, lambda mark: mark.element in named)
        else:
            for comparisons in self._comparisons:
                _mark_foreign_by_keys(comparisons, self._in_secondary)

    def _find_remote(self) -> None:
        named = self.arguments.remote_side
        if any(mark.is_remote for mark in self._marks):
            if named:
                raise ArgumentError(
                    f"relationship {self.name} has both remote_side and remote() marks",
                    why="both say the same in two ways",
                    fix="use one of them",
                    code="AZ-M25",
                )
            return
        if self.secondary is not None:
            self._add_role(REMOTE, lambda mark: self._in_secondary(mark.element))
        elif named:
            self._mark_shared_columns(named)
            self._add_role(REMOTE, lambda mark: mark.element in named and mark.element not in self._shared)
        elif self.is_self_referential:
            self._add_role(REMOTE, lambda mark: mark.is_foreign)
        else:
            columns, own = set(self.arguments.target.c), set(self.arguments.parent.c)
            self._add_role(REMOTE, lambda mark: mark.element in columns and mark.element not in own)
            if not any(mark.is_remote for mark in self._marks):
                self._mark_shared_tables(columns, own)

    def _mark_shared_tables(self, columns: set[Any], own: set[Any]) -> None:
        """Decide which columns are the other class's, where this class has its tables too: both are of one hierarchy.

        What is compared with a column that only this class has is the other side's. Where both classes have both
        columns, those that refer are, as with a class that refers to itself.
        """
        pairs = [pair for clause in conjuncts(self.marked_primary) if (pair := _equated(clause)) is not None]
        facing = {
            other.element
            for pair in pairs
            for mark, other in (pair, pair[::-1])
            if mark.element not in columns and other.element in columns and other.element in own
        }
        if facing:
            self._add_role(REMOTE, lambda mark: mark.element in facing)
        else:
            self._add_role(REMOTE, lambda mark: mark.is_foreign and mark.element in columns)

    def _mark_shared_columns(self, named: frozenset[Any]) -> None:
        """Decide which side of ``column == column`` is the other class's, where both refer by a column that they share.

        The columns that are not shared tell whether the other side is the one that refers.
        """
        clauses = [pair for clause in conjuncts(self.marked_primary) if (pair := _equated(clause)) is not None]
        self._shared = frozenset([left.element for left, right in clauses if left.element is right.element])
        if not self._shared:
            return
        marks = [mark for pair in clauses for mark in pair if mark.is_foreign and mark.element not in self._shared]
        refers = any(mark.element in named for mark in marks)
        shared = self._shared & named

        for node in walk(self.marked_primary):
            pair = _equated(node)
            if pair is not None and pair[0].element is pair[1].element and pair[0].element in shared:
                left, right = pair
                (left if left.is_foreign == refers else right).add_role(REMOTE)

    def _collect_columns(self) -> None:
        primary, marks = self._primary_marks, self._marks
        parent_columns = set(self.arguments.parent.c)
        self.foreign_columns = {mark.element for mark in marks if mark.is_foreign}
        self.remote_columns = {mark.element for mark in marks if mark.is_remote}
        self.local_columns = {mark.element for mark in primary if not mark.is_remote and mark.element in parent_columns}
        if not any(mark.is_foreign for mark in primary):
            raise ArgumentError(
                f"Could not locate any relevant foreign key columns for primary join condition "
                f"'{self.primaryjoin}' on relationship {self.name}",
                why="none of its columns refers to another one through a ForeignKey",
                fix="mark the referring column with foreign(), or name it as foreign_keys=",
                code="AZ-M26",
            )
        if not self.remote_columns:
            raise ArgumentError(
                f"relationship {self.name} has no column on the side of the related class",
                why=f"its condition '{self.primaryjoin}' compares columns of one side only",
                fix="mark the other side's column with remote(), or name it as remote_side=",
                code="AZ-M27",
            )

    def _find_direction(self) -> RelationshipDirection:
        if self.secondary is not None:
            return MANYTOMANY
        foreign = [mark for mark in self._primary_marks if mark.is_foreign]
        remote = [mark for mark in foreign if mark.is_remote]
        if len(remote) == len(foreign):
            return ONETOMANY
        if not remote:
            return MANYTOONE
        raise ArgumentError(
            f"Can't determine relationship direction for relationship {self.name}",
            why="its condition has foreign key columns on both sides",
            fix="mark the referring side with foreign() and the related class's side with remote()",
            code="AZ-M28",
        )

    def _find_pairs(self) -> None:
        primary, secondary = self._comparisons
        self.local_remote_pairs = _unique(_local_remote_pairs(primary)) + _unique(_local_remote_pairs(secondary))
        self.synchronize_pairs = _unique(_synchronize_pairs(primary))
        self.secondary_synchronize_pairs = _unique(_synchronize_pairs(secondary))
        if not self.synchronize_pairs and not self.arguments.viewonly:
            raise ArgumentError(
                f"Could not locate any simple equality expressions involving locally mapped foreign key columns "
                f"for primary join condition '{self.primaryjoin}' on relationship {self.name}",
                why="a flush can only write a foreign key that must equal a column of the other side",
                fix="set viewonly=True, or compare the foreign key column with ==",
                code="AZ-M29",
            )
        if self.marked_secondary is not None and not self.secondary_synchronize_pairs and not self.arguments.viewonly:
            raise ArgumentError(
                f"relationship {self.name} has a secondary table without foreign keys to the related class",
                why=f"its secondaryjoin '{self.secondaryjoin}' names no column that refers to it",
                fix="mark the secondary table's column with foreign(), or set viewonly=True",
                code="AZ-M29",
            )

    def _add_role(self, role: str, wanted: Callable[[JoinMark], bool]) -> None:
        for mark in self._marks:
            if wanted(mark):
                mark.add_role(role)


def unmarked(condition: Any) -> Any:
    """Clear a condition of marks."""
    return replace_consistently(
        condition, lambda node: node.element if isinstance(node, JoinMark | TableMark) else None
    )


def _exchanged(
    condition: Any, exchange_for: Callable[[JoinMark], Exchange | None], sides: Iterable[Exchange | None]
) -> Any:
    """Exchange the columns of a condition by their roles, and the tables that its subqueries are correlated with."""

    def stand_in(node: Visitable) -> Visitable | None:
        if isinstance(node, JoinMark):
            exchange = exchange_for(node)
            element: Visitable = node.element if exchange is None else exchange(node.element)
            return element
        if not isinstance(node, TableMark):
            return None
        stand_ins = [exchange(node.element) for exchange in sides if exchange is not None]
        return next((table for table in stand_ins if table is not node.element), node.element)

    return replace_consistently(condition, stand_in)


def _mark_foreign_by_keys(comparisons: Comparisons, in_secondary: Callable[[Any], bool]) -> None:
    """Mark as foreign the side of each comparison that has a foreign key to the other side."""
    for clause in comparisons:
        left, right = clause.left, clause.right
        if not isinstance(left, JoinMark) or not isinstance(right, JoinMark):
            continue
        if _refers(left.element, right.element, in_secondary):
            left.add_role(FOREIGN)
        elif _refers(right.element, left.element, in_secondary):
            right.add_role(FOREIGN)


def _refers(column: Any, other: Any, in_secondary: Callable[[Any], bool]) -> bool:
    if in_secondary(column) != in_secondary(other):
        return in_secondary(column)
    bases = getattr(other, "base_columns", ())
    return any(fk.column is other or fk.column in bases for fk in column.foreign_keys)


def conjuncts(condition: Any) -> Iterator[Any]:
    """Yield the conditions that all must hold for a condition to hold."""
    if isinstance(condition, BooleanClauseList) and condition.operator is and_operator:
        for clause in condition.clauses:
            yield from conjuncts(clause)
    else:
        yield condition


def _equated(clause: Any) -> tuple[JoinMark, JoinMark] | None:
    if not isinstance(clause, BinaryExpression) or clause.operator is not eq:
        return None
    left, right = clause.left, clause.right
    return (left, right) if isinstance(left, JoinMark) and isinstance(right, JoinMark) else None


def _equated_values(clause: object) -> tuple[JoinMark, JoinMark] | None:
    """Give the columns that a condition equates, one or both of them perhaps read as another type."""
    if not isinstance(clause, BinaryExpression) or clause.operator is not eq:
        return None
    left, right = _without_casts(clause.left), _without_casts(clause.right)
    return (left, right) if isinstance(left, JoinMark) and isinstance(right, JoinMark) else None


def _without_casts(element: object) -> object:
    while isinstance(element, Grouping) or getattr(element, "__visit_name__", None) in CASTS:
        element = element.element if isinstance(element, Grouping) else cast("Cast[Any]", element).clause
    return element


def _comparisons(condition: object) -> Comparisons:
    """List the comparisons in a condition; there are none in None, and in what is no expression."""
    nodes = walk(condition) if isinstance(condition, Visitable) else ()
    return [node for node in nodes if isinstance(node, BinaryExpression) and is_comparison(node.operator)]


def _local_remote_pairs(comparisons: Comparisons) -> Iterator[ColumnPair]:
    for clause in comparisons:
        for left in marks_in(clause.left):
            for right in marks_in(clause.right):
                if right.is_remote and not left.is_remote:
                    yield left.element, right.element
                elif left.is_remote and not right.is_remote:
                    yield right.element, left.element


def _synchronize_pairs(comparisons: Comparisons) -> Iterator[ColumnPair]:
    for clause in comparisons:
        pair = _equated_values(clause)
        if pair is None:
            continue
        left, right = pair
        if right.is_foreign and not left.is_foreign:
            yield left.element, right.element
        elif left.is_foreign and not right.is_foreign:
            yield right.element, left.element


def _unique(pairs: Iterable[ColumnPair]) -> list[ColumnPair]:
    return list(dict.fromkeys(pairs))


def _why_no_fks(left: Any, right: Any) -> str:
    names = f"{left.description} and {right.description}"
    missing = sorted(
        {
            f"{column} refers to {fk.target_fullname}"
            for table in (left, right)
            for column in table.c
            for fk in column.foreign_keys
            if not _resolves(fk)
        }
    )
    if missing:
        return f"no foreign key connects {names}; {', '.join(missing)}, a table that is not defined"
    return f"no foreign key connects {names}"


def _resolves(fk: Any) -> bool:
    try:
        return fk.column is not None
    except NoReferenceError:
        return False
