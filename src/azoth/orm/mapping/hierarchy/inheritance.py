"""Inheritance: how the mapping of a class builds on that of its base class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from azoth.exc import AmbiguousForeignKeysError, ArgumentError, NoForeignKeysError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.attributes.join_marks import without_parts
from azoth.orm.mapping.lookup import mapper_of
from azoth.sql.elements import BinaryExpression, ColumnElement
from azoth.sql.operators import eq
from azoth.sql.selectable import FromClause, Join, join_condition
from azoth.sql.visitors import walk
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import HierarchyPort, InheritanceOptions
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager

SINGLE: Final = "single"
"""The class shares the table of its base."""
JOINED: Final = "joined"
"""The class has a table of its own beside that of its base; a row of both makes an object."""
CONCRETE: Final = "concrete"
"""The class has a table of its own with all of its columns."""


class Inheritance:
    """The way in which a mapped class is derived from another.

    Args:
        class_: the class.
        base: the mapper of the base class.
        table: the class's own table, or None.
        options: the options of the mapping.

    Attributes:
        base: the mapper of the base class.
        kind: SINGLE, JOINED or CONCRETE.
        local_table: the table of this class: its own, or that of the base.
        persist_selectable: what has all columns of the class's rows.
        condition: what joins the own table to those of the base; None where there is nothing to join.
        pairs: (column of a table of the base, own column) that the condition keeps equal.

    Raises:
        NoForeignKeysError, AmbiguousForeignKeysError: nothing, or too much, says how the tables join.
    """

    def __init__(self, class_: type[Any], base: HierarchyPort, table: Any, options: InheritanceOptions) -> None:
        self.base = base
        self.condition: ColumnElement[Any] | None = None
        self.pairs: list[tuple[Any, Any]] = []
        if options.concrete:
            self.kind = CONCRETE
            self.local_table = self.persist_selectable = table
        elif table is None or table is base.local_table:
            self.kind = SINGLE
            self.local_table, self.persist_selectable = base.local_table, base.persist_selectable
        else:
            self.kind = JOINED
            self.local_table = table
            self.condition = self._condition(class_, options)
            self.persist_selectable = Join(base.persist_selectable, table, self.condition)
            self.pairs = _equal_pairs(self.condition, base.persist_selectable, table)
            _warn_without_key(class_, table)

    @property
    def all_pairs(self) -> list[tuple[Any, Any]]:
        """List the columns that are kept equal, those of the base's own inheritance first."""
        above = self.base.inheritance
        return self.pairs if above is None else [*above.all_pairs, *self.pairs]

    @property
    def root(self) -> ClassManager | None:
        """The instrumentation of the class by whose objects identities are found; None for a class of its own.

        Without a discriminator, a row of both classes is an object of the class that was asked for.
        """
        is_separate = self.kind == CONCRETE or self.base.polymorphic_on is None
        return None if is_separate else self.base.manager.root

    def _condition(self, class_: type[Any], options: InheritanceOptions) -> ColumnElement[Any]:
        given = options.inherit_condition
        if given is not None:
            written = given() if callable(given) and not hasattr(given, "__clause_element__") else given
            condition: ColumnElement[Any] = without_parts(element_of(written))
            return condition
        base = self.base
        only = _columns(options.inherit_foreign_keys)
        try:
            return join_condition(base.local_table, self.local_table, consider_as_foreign_keys=only)
        except NoForeignKeysError as error:
            for key in self.local_table.foreign_keys:
                # Where what it names is missing, this says so.
                assert key.column is not None
            raise NoForeignKeysError(
                f"class {class_.__name__} cannot be joined to its base {base.class_.__name__}",
                why=f"no foreign key connects {self.local_table.description} and {base.local_table.description}",
                fix="let the primary key of the class's table refer to that of the base by a ForeignKey, or give the "
                "mapper option inherit_condition",
                code="AZ-M320",
            ) from error
        except AmbiguousForeignKeysError as error:
            raise AmbiguousForeignKeysError(
                f"class {class_.__name__} can be joined to its base {base.class_.__name__} in several ways",
                why=f"several foreign keys connect {self.local_table.description} and {base.local_table.description}",
                fix="give the mapper option inherit_condition, such as inherit_condition=id == Base.id",
                code="AZ-M321",
            ) from error


def inheritance_of(class_: type[Any], table: Any, options: InheritanceOptions) -> Inheritance | None:
    """Find out how a class that is about to be mapped is derived from a mapped one.

    Args:
        class_: the class.
        table: its own table, or None.
        options: the options of the mapping; ``inherits`` names the base.

    Returns:
        the inheritance; None for a class that is mapped by itself, whatever it is derived from.

    Raises:
        ArgumentError: ``inherits`` names no mapped base class.
    """
    if options.inherits is None:
        return None
    base = mapper_of(options.inherits)
    if base is None or not issubclass(class_, base.class_):
        name = getattr(options.inherits, "__name__", options.inherits)
        raise ArgumentError(
            f"Class {class_.__name__!r} does not inherit from {name!r}",
            why="inherits names the mapped class from which the class is derived",
            fix=f"derive {class_.__name__} from it, or leave inherits out",
            code="AZ-M323",
        )
    if options.concrete and table is None:
        raise ArgumentError(
            f"class {class_.__name__} is mapped as concrete, and has no table",
            why="a concrete class shares no table with its base",
            fix="give it a table, or leave concrete out",
            code="AZ-M324",
        )
    return Inheritance(class_, base, table, options)


def _warn_without_key(class_: type[Any], table: FromClause) -> None:
    if not list(table.primary_key):
        warn(
            f"the table {table.description} of {class_.__name__} has no primary key, and no row is written into it",
            why="the row of an object is found again by the key",
            fix="set primary_key=True on the column that refers to the table of the base",
            code="AZ-M353",
        )


def _columns(given: object) -> frozenset[Any] | None:
    if given is None:
        return None
    listed: Iterable[Any] = given if isinstance(given, list | tuple | set | frozenset) else (given,)
    return frozenset([element_of(column) for column in listed])


def _equal_pairs(condition: ColumnElement[Any], base: FromClause, table: FromClause) -> list[tuple[Any, Any]]:
    """List the columns of both sides that a condition says are equal."""
    of_base, own = set(base.c), set(table.c)
    pairs = []
    for node in walk(condition):
        if isinstance(node, BinaryExpression) and node.operator is eq:
            left, right = node.left, node.right
            if left in of_base and right in own:
                pairs.append((left, right))
            elif right in of_base and left in own:
                pairs.append((right, left))
    return pairs
