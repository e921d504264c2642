"""Classes with tables of their own are loaded, related and written as with SQLAlchemy."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of
from tests.flow.hierarchies.concrete_staff import Model, seen

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("has_base_table", [True, False], ids=["base with a table", "base of the union"])
@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario, has_base_table: bool) -> None:
    make = partial(Model, has_base_table=has_base_table)
    expected = outcome_of(database, SQLALCHEMY, make, run)
    assert outcome_of(database, AZOTH, make, run) == expected


@scenario
def each_class_gives_its_objects_and_those_below(lib: Library, m: Any, s: Any) -> Any:
    return [seen(s.scalars(lib.select(class_))) for class_ in m.classes]


@scenario
def objects_of_the_same_key_are_told_apart(lib: Library, m: Any, s: Any) -> Any:
    found = list(s.scalars(lib.select(m.Employee)))
    again = list(s.scalars(lib.select(m.Employee)))
    keys = sorted((lib.inspect(one).identity_key[0].__name__, lib.inspect(one).identity_key[1]) for one in found)
    return len(found), all(any(one is other for other in again) for one in found), keys


@scenario
def what_the_union_brought_is_there(lib: Library, m: Any, s: Any) -> Any:
    found = list(s.scalars(lib.select(m.Employee).order_by(m.Employee.name)))
    return [sorted(key for key in vars(one) if not key.startswith("_")) for one in found if type(one) is not m.Boss]


@scenario
def keys_lead_to_objects(lib: Library, m: Any, s: Any) -> Any:
    boss = s.get(m.Boss, 1)
    return seen([boss, s.get(m.Engineer, 1)]), s.get(m.Boss, 1) is boss, s.get(m.Engineer, 7), s.get(m.Employee, 2).name


@scenario
def attributes_of_the_base_are_criteria(lib: Library, m: Any, s: Any) -> Any:
    named = lib.select(m.Employee).where(m.Employee.name.like("M%"))
    ordered = lib.select(m.Employee.name).order_by(m.Employee.name.desc())
    counted = lib.select(lib.func.count(m.Employee.id))
    return seen(s.scalars(named)), list(s.scalars(ordered)), s.scalar(counted), s.query(m.Manager).count()


@scenario
def aliases_are_of_all_classes(lib: Library, m: Any, s: Any) -> Any:
    other = lib.aliased(m.Employee)
    pairs = lib.select(m.Manager, other).join(other, other.name > m.Manager.name).order_by(m.Manager.name, other.name)
    return seen(s.scalars(lib.select(other))), [
        (one.name, two.name, type(two).__name__) for one, two in s.execute(pairs)
    ]


@scenario
def columns_of_the_tables_and_of_derived_classes_are_criteria(lib: Library, m: Any, s: Any) -> Any:
    by_table = s.query(m.Employee).filter(m.engineer.c.language == "C").order_by(m.engineer.c.name)
    by_class = lib.select(m.Employee).where(m.Boss.golf == "6")
    return seen(by_table), seen(s.scalars(by_class)), seen(s.scalars(lib.select(m.Manager).where(m.Boss.golf == "6")))


@scenario
def relationships_lead_to_all_classes(lib: Library, m: Any, s: Any) -> Any:
    found = []
    for load in (lib.lazyload, lib.selectinload, lib.joinedload, lib.subqueryload):
        s.expunge_all()
        statement = lib.select(m.Company).options(load(m.Company.employees)).order_by(m.Company.id)
        found.append([seen(company.employees) for company in s.scalars(statement).unique()])
    return found


@scenario
def relationships_are_joins_and_criteria(lib: Library, m: Any, s: Any) -> Any:
    joined = lib.select(m.Company.id, m.Employee.name).join(m.Company.employees).order_by(m.Employee.name)
    some = lib.select(m.Company.id).where(m.Company.employees.any(m.Employee.name == "Bo"))
    none = lib.select(m.Company.id).where(~m.Company.employees.any())
    return [tuple(row) for row in s.execute(joined)], list(s.scalars(some)), list(s.scalars(none))


@scenario
def a_class_has_relationships_of_its_own(lib: Library, m: Any, s: Any) -> Any:
    engineer = s.scalars(lib.select(m.Engineer)).one()
    loaded = s.scalars(lib.select(m.Engineer).options(lib.joinedload(m.Engineer.employer))).one()
    return engineer.employer.id, loaded is engineer


@scenario
def members_move_between_owners(lib: Library, m: Any, s: Any) -> Any:
    first, second = s.scalars(lib.select(m.Company).order_by(m.Company.id))
    second.employees = [one for one in first.employees if type(one) is m.Boss]
    first.employees = [one for one in first.employees if type(one) is m.Manager]
    s.commit()
    return [sorted(s.execute(lib.select(table.c.name, table.c.company_id)), key=str) for table in tables(m)]


def tables(m: Any) -> list[Any]:
    return [m.manager, m.boss, m.engineer]


@scenario
def objects_are_changed_and_deleted(lib: Library, m: Any, s: Any) -> Any:
    for one in s.scalars(lib.select(m.Employee)):
        one.name = one.name.upper()
        if type(one) is m.Engineer:
            one.language = "Ada"
            one.nick = None
        elif one.name == "BO":
            s.delete(one)
    s.commit()
    return [[tuple(row) for row in s.execute(lib.select(table).order_by(table.c.id))] for table in tables(m)]


@scenario
def objects_are_refreshed_and_merged(lib: Library, m: Any, s: Any) -> Any:
    boss = s.get(m.Boss, 1)
    s.execute(lib.update(m.boss).values(golf="7"))
    s.refresh(boss)
    merged = s.merge(m.Engineer(id=1, name="Emilia"))
    s.commit()
    return boss.golf, merged.language, seen(s.scalars(lib.select(m.Manager)))


@scenario
def statements_for_a_class_change_its_table_alone(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.update(m.Engineer).values(nick="all"))
    s.execute(lib.delete(m.Boss).where(m.Boss.name == "Bo"))
    s.execute(lib.insert(m.Engineer), [{"name": "Eva", "language": "D"}])
    s.commit()
    return seen(s.scalars(lib.select(m.Employee))), [one.nick for one in s.scalars(lib.select(m.Engineer))]


@scenario
def mappers_say_where_they_stand(lib: Library, m: Any, s: Any) -> Any:
    mappers = [lib.inspect(class_) for class_ in m.classes]
    base = mappers[0]
    return [
        (
            [table.name for table in mapper.tables] if mapper is not base else None,
            mapper.concrete,
            mapper.single,
            mapper.polymorphic_identity,
            mapper.base_mapper is base,
            mapper.isa(mappers[1]),
            mapper.common_parent(mappers[3]),
            sorted(map(str, mapper.polymorphic_map)),
            [one.class_.__name__ for one in mapper.self_and_descendants],
            [one.class_.__name__ for one in mapper.iterate_to_root()],
            mapper.inherits is None,
            mapper.local_table.name,
        )
        for mapper in mappers
    ]


@scenario
def attributes_of_the_base_alone_are_refused(lib: Library, m: Any, s: Any) -> Any:
    key = "hired" if lib.inspect(m.Employee).has_property("hired") else "budget"
    found = []
    for ask in (getattr, lambda one, key: setattr(one, key, 1), delattr):
        try:
            found.append(ask(m.Engineer(), key))
        except AttributeError:
            found.append("refused")
    return found, hasattr(m.Engineer(), key), hasattr(m.Engineer, key)


@scenario
def several_objects_of_one_key_are_ambiguous(lib: Library, m: Any, s: Any) -> Any:
    return s.get(m.Employee, 1)


def test_a_concrete_class_finds_its_own_object_of_a_key_that_others_have(database: Database) -> None:
    # SQLAlchemy finds several, and fails.
    def run(lib: Library, m: Any, s: Any) -> Any:
        merged = s.merge(m.Manager(id=1, name="Majken"))
        budget = merged.budget
        s.commit()
        s.expunge_all()
        found = s.get(m.Manager, 1)
        return budget, type(found) is m.Manager, found.name, s.get(m.Boss, 1).name

    assert outcome_of(database, AZOTH, Model, run) == ("10", True, "Majken", "Bo")


class Plain:
    """Concrete classes that are mapped without a union."""

    def __init__(self, lib: Library) -> None:
        class Base(lib.DeclarativeBase):  # type: ignore[misc, name-defined]
            pass

        class Employee(Base):
            __tablename__ = "employee"
            id = lib.mapped_column(lib.Integer, primary_key=True)
            name = lib.mapped_column(lib.String(20))
            __mapper_args__ = {"polymorphic_identity": "employee"}

        class Engineer(Employee):
            __tablename__ = "engineer"
            id = lib.mapped_column(lib.Integer, primary_key=True)
            name = lib.mapped_column(lib.String(20))
            language = lib.mapped_column(lib.String(20))
            __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_identity": "engineer", "concrete": True}

        self.metadata = Base.metadata
        self.Employee: Any = Employee
        self.Engineer: Any = Engineer

    def fill(self, session: Any) -> None:
        """Store one of each, and a second engineer."""
        session.add_all([self.Employee(name="Eva"), self.Engineer(name="Emil", language="C"), self.Engineer(name="Ed")])
        session.commit()


def test_a_union_is_given_with_the_query(database: Database) -> None:
    def run(lib: Library, m: Any, s: Any) -> Any:
        tables = {"employee": m.Employee.__table__, "engineer": m.Engineer.__table__}
        union = lib.polymorphic_union(tables, "what", "everybody")
        some = lib.with_polymorphic(m.Employee, [m.Engineer], union, polymorphic_on=union.c.what)
        named = lib.select(some).where(lib.or_(some.name == "Eva", some.Engineer.language == "C"))
        return seen(s.scalars(lib.select(some))), seen(s.scalars(named)), seen(s.scalars(lib.select(m.Employee)))

    everybody, named, alone = outcome_of(database, AZOTH, Plain, run)
    expected = outcome_of(database, SQLALCHEMY, Plain, run)
    assert (everybody, alone) == (expected[0], expected[2])
    # SQLAlchemy means the table of the engineers here, apart from the union.
    assert named == [("Employee", "Eva", 1), ("Engineer", "Emil", 1)]
