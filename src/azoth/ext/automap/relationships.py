"""From the foreign keys of tables to the relationships of their classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from azoth.exc import ArgumentError, NoReferencedTableError
from azoth.ext.automap.naming import GenerateRelationshipType, NameForRelationshipType
from azoth.ext.declarative.waiting import WaitingDeclaration
from azoth.orm import (
    MANYTOMANY,
    MANYTOONE,
    ONETOMANY,
    RelationshipDirection,
    RelationshipProperty,
    backref,
    relationship,
)
from azoth.schema import ForeignKeyConstraint, Table
from azoth.sql.expression import FromClause, and_
from azoth.util.warning import warn


@dataclass(frozen=True)
class Side:
    """One of the two attributes that stand for a foreign key, or for a pair of them.

    Attributes:
        declaration: the class that has it.
        name: its name.
        direction: where it leads, of how many to how many.
        options: what only this side has: whether the other one is an orphan without it, what holds its members.
    """

    declaration: WaitingDeclaration
    name: str
    direction: RelationshipDirection
    options: Mapping[str, Any]

    @property
    def is_declared(self) -> bool:
        """Whether the class declares it itself."""
        return self.name in self.declaration.properties

    def answer(self, name: str) -> None:
        """Let the relationship that the class declares be kept in step with a new one on the other side.

        Raises:
            ArgumentError: what the class declares by this name is no relationship.
        """
        prop = self.declaration.properties[self.name]
        if not isinstance(prop, RelationshipProperty):
            raise ArgumentError(
                f"automap would name a relationship {self.declaration.class_.__name__}.{self.name}, which is declared "
                "as something else",
                why="a foreign key leads to a class whose relationship gets this name",
                fix="pass prepare() a function of your own for the name, or rename the attribute",
                code="AZ-X21",
            )
        prop.back_populates = name


class RelationshipMaker:
    """Give classes the relationships that the foreign keys of their tables stand for.

    Args:
        base: the automap base.
        declarations: the classes that are mapped together, by table.
        name_scalar, name_collection: what names relationships.
        generate: what makes them.
        collection_class: what holds the members of collections.
    """

    def __init__(
        self,
        base: type[Any],
        declarations: dict[Any, WaitingDeclaration],
        name_scalar: NameForRelationshipType,
        name_collection: NameForRelationshipType,
        generate: GenerateRelationshipType,
        collection_class: Callable[..., object],
    ) -> None:
        self.base = base
        self.declarations = declarations
        self.name_scalar = name_scalar
        self.name_collection = name_collection
        self.generate = generate
        self.collection_class = collection_class
        self._made: set[tuple[type[Any], str]] = set()

    # -- one foreign key ------------------------------------------------------

    def follow(self, declaration: WaitingDeclaration) -> None:
        """Make the relationships for the foreign keys of one class's table."""
        for constraint in foreign_keys_of(declaration.table) if isinstance(declaration.table, Table) else ():
            referred = self.declarations.get(_table_of(constraint))
            if referred is not None and not _is_inheritance(declaration.class_, referred.class_):
                self._relate(declaration, referred, constraint)

    def _relate(
        self, local: WaitingDeclaration, referred: WaitingDeclaration, constraint: ForeignKeyConstraint
    ) -> None:
        name = self.name_scalar(self.base, local.class_, referred.class_, constraint)
        other_name = self.name_collection(self.base, referred.class_, local.class_, constraint)
        to_one = Side(local, name, MANYTOONE, {"remote_side": [part.column for part in constraint.elements]})
        to_many = Side(
            referred,
            other_name,
            ONETOMANY,
            {"collection_class": self.collection_class, **_ownership(constraint)},
        )
        joined_by = {"foreign_keys": [part.parent for part in constraint.elements]}
        self._make(to_one, to_many, joined_by, joined_by, constraint)

    def joins_hierarchy(self, table: Table, link: tuple[ForeignKeyConstraint, ForeignKeyConstraint]) -> bool:
        """Tell whether a table with two foreign keys and nothing else is that of a class derived from another one."""
        declaration = self.declarations.get(table)
        referred = [self.declarations.get(_table_of(constraint)) for constraint in link]
        return declaration is not None and any(
            one is not None and _is_inheritance(declaration.class_, one.class_) for one in referred
        )

    # -- two foreign keys of a table between ----------------------------------

    def relate_through(self, secondary: Table, to_local: ForeignKeyConstraint, to_remote: ForeignKeyConstraint) -> None:
        """Make the relationships for a table that has two foreign keys and nothing else.

        Args:
            secondary: the table.
            to_local, to_remote: its foreign keys.
        """
        local = self.declarations.get(_table_of(to_local))
        remote = self.declarations.get(_table_of(to_remote))
        if local is None or remote is None:
            return
        name = self.name_collection(self.base, local.class_, remote.class_, to_local)
        other_name = self.name_collection(self.base, remote.class_, local.class_, to_remote)
        options: dict[str, Any] = {"collection_class": self.collection_class}
        if secondary in self.declarations:
            # Objects of the class of the table between stand for the same rows; that is known.
            options["overlaps"] = "__*"
        conditions = [and_(*(part.column == part.parent for part in one.elements)) for one in (to_local, to_remote)]
        forth = {"secondary": secondary, "primaryjoin": conditions[0], "secondaryjoin": conditions[1]}
        back = {"secondary": secondary, "primaryjoin": conditions[1], "secondaryjoin": conditions[0]}
        self._make(
            Side(local, name, MANYTOMANY, options), Side(remote, other_name, MANYTOMANY, options), forth, back, to_local
        )

    # -- both -----------------------------------------------------------------

    def _make(
        self,
        side: Side,
        other: Side,
        joined_by: Mapping[str, Any],
        joined_back_by: Mapping[str, Any],
        constraint: ForeignKeyConstraint,
    ) -> None:
        """Make two relationships, or the one that a class does not declare itself."""
        if self._is_taken(side, other, constraint) or (side.is_declared and other.is_declared):
            return
        self._made.update((one.declaration.class_, one.name) for one in (side, other))
        if side.is_declared:
            made = self._generate(relationship, other, side, {**joined_back_by, "back_populates": side.name})
            if made is not None:
                other.declaration.properties[other.name] = made
                side.answer(other.name)
            return
        described = None if other.is_declared else self._generate(backref, other, side, {})
        made = self._generate(relationship, side, other, {**joined_by, "backref": described})
        if made is not None:
            side.declaration.properties[side.name] = made
            if other.is_declared:
                other.answer(side.name)

    def _generate(
        self, return_fn: Callable[..., object], side: Side, other: Side, joined_by: Mapping[str, Any]
    ) -> object:
        local, referred = side.declaration.class_, other.declaration.class_
        arguments = {**side.options, **joined_by}
        return self.generate(self.base, side.direction, return_fn, side.name, local, referred, **arguments)

    def _is_taken(self, side: Side, other: Side, constraint: ForeignKeyConstraint) -> bool:
        """Tell whether automap has used one of two names for another foreign key before; warns of it."""
        names = [(one.declaration.class_, one.name) for one in (side, other)]
        taken = next((name for name in names if self._knows(*name)), names[0] if names[0] == names[1] else None)
        if taken is None:
            return False
        columns = ", ".join(str(part.parent) for part in constraint.elements)
        warn(
            f"no relationship is made for the foreign key {columns}: {taken[0].__name__}.{taken[1]} stands for another",
            why="automap would give two relationships one name, here or in a base class",
            fix="pass name_for_scalar_relationship= and name_for_collection_relationship= to prepare(): functions "
            "whose names depend on the constraint; or declare one of the relationships",
            code="AZ-X20",
        )
        return True

    def _knows(self, class_: type[Any], name: str) -> bool:
        return any((base, name) in self._made for base in class_.__mro__)


def foreign_keys_of(table: Table) -> list[ForeignKeyConstraint]:
    """List the foreign keys of a table, in the order of its columns."""
    found = [one for one in table.constraints if isinstance(one, ForeignKeyConstraint)]
    places = {column: place for place, column in enumerate(table.columns)}
    return sorted(found, key=lambda constraint: [places[part.parent] for part in constraint.elements])


def links_of(table: Table) -> tuple[ForeignKeyConstraint, ForeignKeyConstraint] | None:
    """Give the two foreign keys of a table that has these and nothing else; None for other tables."""
    constraints = foreign_keys_of(table)
    if len(constraints) != 2:
        return None
    columns = {part.parent for constraint in constraints for part in constraint.elements}
    return (constraints[0], constraints[1]) if columns == set(table.columns) else None


def _table_of(constraint: ForeignKeyConstraint) -> FromClause | None:
    """Find the table that a foreign key refers to; None where it is not there."""
    try:
        referred: FromClause | None = constraint.elements[0].column.table
    except NoReferencedTableError:
        return None
    return referred


def _is_inheritance(class_: type[Any], referred: type[Any]) -> bool:
    return class_ is not referred and issubclass(class_, referred)


def _ownership(constraint: ForeignKeyConstraint) -> dict[str, Any]:
    """Tell what becomes of the members of a collection, from what the foreign key allows."""
    is_required = any(not part.parent.nullable for part in constraint.elements)
    in_database = (constraint.ondelete or "").lower()
    found: dict[str, Any] = {"cascade": "all, delete-orphan"} if is_required else {}
    if in_database == ("cascade" if is_required else "set null"):
        found["passive_deletes"] = True
    return found
