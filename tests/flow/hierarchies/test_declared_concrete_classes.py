"""Declared classes with tables of their own, and the bases that bring them together, work as with SQLAlchemy."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

import azoth
from azoth.ext.declarative import AbstractConcreteBase, ConcreteBase
from azoth.orm import DeclarativeBase, Mapped, Session, class_mapper, configure_mappers, mapped_column
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of
from tests.flow.hierarchies.concrete_staff import seen

KINDS = ["ConcreteBase", "AbstractConcreteBase", "strict"]
SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


class Staff:
    """Employees below a base of one of the kinds."""

    def __init__(self, lib: Library, kind: str) -> None:
        module: Any = import_module(f"{lib.name}.ext.declarative")
        column, types = lib.mapped_column, lib.core
        self.kind = kind

        class Base(lib.DeclarativeBase):  # type: ignore[misc, name-defined]
            pass

        class Company(Base):
            __tablename__ = "company"
            id = column(types.Integer, primary_key=True)

        if kind == "ConcreteBase":

            class Employee(module.ConcreteBase, Base):  # type: ignore[misc, name-defined]
                __tablename__ = "employee"
                id = column(types.Integer, primary_key=True)
                name = column(types.String(50))
                __mapper_args__ = {"polymorphic_identity": "employee", "concrete": True}

        else:

            class Employee(module.AbstractConcreteBase, Base):  # type: ignore[no-redef, misc, name-defined]
                strict_attrs = kind == "strict"
                _concrete_discriminator_name = "kind"
                name = column(types.String(50))
                company_id = lib.declared_attr(lambda cls: column(types.ForeignKey("company.id")))
                company = lib.declared_attr(lambda cls: lib.relationship("Company"))

        class Manager(Employee):
            __tablename__ = "manager"
            id = column(types.Integer, primary_key=True)
            name = column(types.String(50))
            budget = column(types.String(50))
            __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}

        class Engineer(Employee):
            __tablename__ = "engineer"
            id = column(types.Integer, primary_key=True)
            name = column(types.String(50))
            language = column(types.String(50))
            __mapper_args__ = {"polymorphic_identity": "engineer", "concrete": True}

        self.metadata = Base.metadata
        self.Company, self.Employee, self.Manager, self.Engineer = Company, Employee, Manager, Engineer
        Base.registry.configure()

    def fill(self, session: Any) -> None:
        """Store some of each class."""
        session.add_all([self.Manager(name="Maja", budget="1"), self.Manager(name="Mio"), self.Engineer(name="Emil")])
        if self.kind == "ConcreteBase":
            session.add(self.Employee(name="Eva"))
        else:
            session.add(self.Engineer(name="Enya", company=self.Company()))
        session.commit()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario, kind: str) -> None:
    expected = outcome_of(database, SQLALCHEMY, lambda lib: Staff(lib, kind), run)
    assert outcome_of(database, AZOTH, lambda lib: Staff(lib, kind), run) == expected


@scenario
def the_base_gives_all_objects(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.select(m.Employee)
    return (
        seen(s.scalars(statement)),
        seen(s.scalars(statement.where(m.Employee.name.like("M%")))),
        s.query(m.Employee).count(),
    )


@scenario
def columns_of_the_classes_are_there_with_the_objects(lib: Library, m: Any, s: Any) -> Any:
    found = s.scalars(lib.select(m.Employee).where(m.Employee.name == "Maja")).one()
    return sorted(key for key in vars(found) if not key.startswith("_"))


@scenario
def the_base_has_the_attributes_that_it_is_to_have(lib: Library, m: Any, s: Any) -> Any:
    return [
        (hasattr(m.Employee, "language"), hasattr(m.Employee, "kind"), hasattr(m.Employee, "company")),
        (hasattr(m.Manager(), "language"), hasattr(m.Manager(), "kind"), hasattr(m.Engineer(), "name")),
        lib.inspect(m.Manager).inherits is lib.inspect(m.Employee),
        lib.inspect(m.Employee).concrete,
        sorted(lib.inspect(m.Employee).polymorphic_map),
    ]


@scenario
def relationships_that_the_base_declares_are_those_of_all(lib: Library, m: Any, s: Any) -> Any:
    if m.kind == "ConcreteBase":
        return None
    joined = lib.select(m.Employee).join(m.Employee.company)
    eager = lib.select(m.Employee).options(lib.joinedload(m.Employee.company)).order_by(m.Employee.name)
    return seen(s.scalars(joined)), [getattr(one.company, "id", None) for one in s.scalars(eager)]


def test_a_class_that_comes_later_is_in_the_union_of_a_concrete_base(database: Database) -> None:
    class Base(DeclarativeBase):
        pass

    class Animal(ConcreteBase, Base):
        __tablename__ = "animal"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "animal", "concrete": True}

    class Cat(Animal):
        __tablename__ = "cat"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "cat", "concrete": True}

    configure_mappers()

    class Dog(Animal):
        __tablename__ = "dog"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "dog", "concrete": True}

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Animal(name="a"), Cat(name="c"), Dog(name="d")])
        session.commit()
        assert seen(session.scalars(azoth.select(Animal))) == [("Animal", "a", 1), ("Cat", "c", 1), ("Dog", "d", 1)]


def test_a_base_without_a_table_says_that_it_is_mapped_later() -> None:
    class Base(DeclarativeBase):
        pass

    class Animal(AbstractConcreteBase, Base):
        name: Mapped[str]

    with pytest.raises(azoth.orm.exc.UnmappedClassError, match="is not mapped yet"):
        class_mapper(Animal)


def test_concrete_classes_need_identities() -> None:
    class Base(DeclarativeBase):
        pass

    class Animal(AbstractConcreteBase, Base):
        pass

    class Cat(Animal):
        __tablename__ = "cat"
        id: Mapped[int] = mapped_column(primary_key=True)
        __mapper_args__ = {"concrete": True}

    with pytest.raises(azoth.exc.ArgumentError, match="Cat has no polymorphic identity"):
        configure_mappers()
    Base.registry.dispose()


def test_a_union_needs_tables_and_a_free_name() -> None:
    table = azoth.Table("t", azoth.MetaData(), azoth.Column("id", azoth.Integer), azoth.Column("type", azoth.Integer))
    with pytest.raises(azoth.exc.ArgumentError, match="no tables"):
        azoth.orm.polymorphic_union({}, "type")
    with pytest.raises(azoth.exc.InvalidRequestError, match="can't name its column 'type'"):
        azoth.orm.polymorphic_union({"a": table}, "type")
    without = azoth.orm.polymorphic_union({"a": table}, None)
    assert without.c.keys() == ["id", "type"]
    assert without.name == "p_union"


@pytest.mark.parametrize("cast_nulls", [True, False])
def test_unions_are_written_as_by_sqlalchemy(cast_nulls: bool) -> None:
    def text(lib: Library) -> str:
        metadata = lib.MetaData()
        one = lib.Table("one", metadata, lib.Column("id", lib.Integer), lib.Column("a", lib.String(5)))
        two = lib.Table("two", metadata, lib.Column("id", lib.Integer), lib.Column("b", lib.Integer, key="bee"))
        union = lib.polymorphic_union({"o'ne": one, "two": two}, "kind", "both", cast_nulls)
        return " ".join(str(lib.select(union)).split())

    assert text(AZOTH) == text(SQLALCHEMY)
