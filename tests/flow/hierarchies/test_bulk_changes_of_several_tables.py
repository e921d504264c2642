"""UPDATE and DELETE of a class write what changing each object that a SELECT finds would write, in every table.

SQLAlchemy's statements change one table only, so what is compared with is its flush.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

import pytest

import azoth
from azoth.exc import InvalidRequestError
from azoth.ext.declarative import ConcreteBase
from azoth.orm import DeclarativeBase, Session, load_only, with_loader_criteria
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, outcome_of
from tests.flow.hierarchies.staff import CONCRETE, JOINED, KINDS, SINGLE, Staff

Criteria = Callable[[Library, Staff], Any]
Values = Callable[[Library, Staff], dict[str, Any]]


def named_eva(lib: Library, m: Staff) -> Any:
    other = lib.aliased(m.Engineer)
    return lib.select(other.id).where(other.name == "eva")


FOUND: dict[str, tuple[str, Criteria]] = {
    "all": ("Engineer", lambda lib, m: ()),
    "by_base_attribute": ("Engineer", lambda lib, m: [m.Engineer.name == "eli"]),
    "by_both_tables": ("Engineer", lambda lib, m: [lib.or_(m.Engineer.age == 30, m.Engineer.level == 3)]),
    "by_one_under_another_name": ("Engineer", lambda lib, m: [lib.func.lower(m.Engineer.name).like("p%")]),
    "by_what_the_base_refers_to": ("Engineer", lambda lib, m: [m.Engineer.company.has(title="south")]),
    "by_what_the_class_has": ("Engineer", lambda lib, m: [m.Engineer.machines.any(label="saw")]),
    "by_an_exists": (
        "Engineer",
        lambda lib, m: [lib.exists().where(m.Machine.engineer_id == m.Engineer.id, m.Engineer.name == "eva")],
    ),
    "by_keys_of_an_alias": ("Engineer", lambda lib, m: [m.Engineer.id.in_(named_eva(lib, m))]),
    "of_the_third_level": ("Programmer", lambda lib, m: [m.Programmer.name == "pam", m.Programmer.level == 3]),
    "all_of_the_third_level": ("Programmer", lambda lib, m: ()),
    "of_the_base": ("Person", lambda lib, m: [m.Person.age.between(30, 50)]),
    "of_the_base_by_a_subquery": (
        "Person",
        lambda lib, m: [m.Person.id.in_(lib.select(m.Machine.engineer_id).where(m.Machine.label == "saw"))],
    ),
    "of_the_base_by_derived_rows": (
        "Person",
        lambda lib, m: [m.Person.id.in_(lib.select(m.Engineer.id).where(m.Engineer.skill == "wood"))],
    ),
    "all_of_the_base": ("Person", lambda lib, m: ()),
}

SET: dict[str, tuple[Values, Callable[[Any], dict[str, Any]]]] = {
    "own": (lambda lib, m: {"skill": "glass"}, lambda one: {"skill": "glass"}),
    "base": (lambda lib, m: {"name": "new", m.Person.age: 1}, lambda one: {"name": "new", "age": 1}),
    "both": (
        lambda lib, m: {"name": "new", "skill": "glass", m.Engineer.level: 9},
        lambda one: {"name": "new", "skill": "glass", "level": 9},
    ),
    "own_by_base": (lambda lib, m: {"skill": m.Engineer.name}, lambda one: {"skill": one.name}),
    "base_by_own": (
        lambda lib, m: {"name": m.Engineer.skill + "!", "age": m.Engineer.age + m.Engineer.level},
        lambda one: {"name": one.skill + "!", "age": one.age + one.level},
    ),
    "one_by_the_other_that_changes": (
        lambda lib, m: {"skill": "glass", "name": m.Engineer.skill},
        lambda one: {"skill": "glass", "name": one.skill},
    ),
    "the_other_by_one_that_changes": (
        lambda lib, m: {"name": "new", "skill": m.Engineer.name + "?"},
        lambda one: {"name": "new", "skill": one.name + "?"},
    ),
}
"""The values of a statement, and those that a program would give an object."""


def objects_found(lib: Library, m: Staff, s: Any, found: str) -> tuple[Any, list[Any]]:
    name, criteria = FOUND[found]
    class_ = getattr(m, name)
    return class_, list(s.scalars(lib.select(class_).where(*criteria(lib, m)).order_by(class_.id)))


def flush_update(lib: Library, m: Staff, s: Any, found: str, set_: str) -> Any:
    for one in objects_found(lib, m, s, found)[1]:
        for key, value in SET[set_][1](one).items():
            setattr(one, key, value)
    s.flush()
    return m.rows(s)


def flush_delete(lib: Library, m: Staff, s: Any, found: str) -> Any:
    for one in objects_found(lib, m, s, found)[1]:
        s.delete(one)
    s.flush()
    return m.rows(s)


def bulk(lib: Library, m: Staff, s: Any, statement: Any, found: str) -> Any:
    """Execute a change with each strategy; the objects must be as their rows are."""
    _, criteria = FOUND[found]
    outcomes = []
    for strategy in ("auto", "fetch", False):
        objects = m.objects(s)
        count = len(objects_found(lib, m, s, found)[1])
        result = s.execute(statement.where(*criteria(lib, m)), execution_options={"synchronize_session": strategy})
        assert result.rowcount == count
        if strategy is not False:
            for one in objects:
                known = m.state(one) if one in s else None
                s.expire_all()
                stored = s.get(type(one), one.id) if one in s else None
                assert known == (None if stored is None else m.state(stored))
        outcomes.append(m.rows(s))
        s.rollback()
    assert outcomes[0] == outcomes[1] == outcomes[2]
    return outcomes[0]


@pytest.mark.parametrize("set_", SET)
@pytest.mark.parametrize("found", [key for key, (name, _) in FOUND.items() if name != "Person"])
@pytest.mark.parametrize("kind", [SINGLE, JOINED])
def test_an_update_is_what_a_flush_of_the_objects_is(database: Database, kind: str, found: str, set_: str) -> None:
    def change(lib: Library, m: Staff, s: Any) -> Any:
        class_ = getattr(m, FOUND[found][0])
        return bulk(lib, m, s, lib.update(class_).values(SET[set_][0](lib, m)), found)

    def flush(lib: Library, m: Staff, s: Any) -> Any:
        return flush_update(lib, m, s, found, set_)

    staff = partial(Staff, kind=kind)
    expected = outcome_of(database, SQLALCHEMY, staff, flush)
    assert isinstance(expected, dict)
    assert outcome_of(database, AZOTH, staff, change) == expected


@pytest.mark.parametrize("found", FOUND)
@pytest.mark.parametrize("kind", [SINGLE, JOINED])
def test_a_delete_is_what_a_flush_of_the_objects_is(database: Database, kind: str, found: str) -> None:
    def change(lib: Library, m: Staff, s: Any) -> Any:
        return bulk(lib, m, s, lib.delete(getattr(m, FOUND[found][0])), found)

    staff = partial(Staff, kind=kind)
    expected = outcome_of(database, SQLALCHEMY, staff, partial(flush_delete, found=found))
    assert isinstance(expected, dict)
    assert outcome_of(database, AZOTH, staff, change) == expected


# -- what is only azoth's ---------------------------------------------------------------------------


@pytest.fixture
def joined(engine: azoth.Engine) -> Iterator[tuple[Staff, Session]]:
    """A staff of joined tables."""
    yield from _filled(engine, JOINED)


@pytest.fixture
def concrete(engine: azoth.Engine) -> Iterator[tuple[Staff, Session]]:
    """A staff of concrete classes."""
    yield from _filled(engine, CONCRETE)


def _filled(engine: azoth.Engine, kind: str) -> Iterator[tuple[Staff, Session]]:
    staff = Staff(AZOTH, kind)
    staff.metadata.create_all(engine)
    with Session(engine) as session:
        staff.fill(session)
        yield staff, session


def test_objects_of_several_tables_come_back(joined: tuple[Staff, Session]) -> None:
    m, s = joined
    change = azoth.update(m.Engineer).where(m.Engineer.age > 30).values(name="new", skill="glass")
    changed = s.scalars(change.returning(m.Engineer)).all()
    assert [(type(one).__name__, one.id, one.name, one.skill) for one in changed] == [
        ("Engineer", 3, "new", "glass"),
        ("Programmer", 4, "new", "glass"),
    ]
    mixed = azoth.update(m.Engineer).where(m.Engineer.id == 2).values(level=5)
    assert s.execute(mixed.returning(m.Engineer.name, m.Engineer.level + 1)).all() == [("eva", 6)]


def test_a_delete_gives_back_what_it_deleted(joined: tuple[Staff, Session]) -> None:
    m, s = joined
    deleted = s.execute(azoth.delete(m.Engineer).where(m.Engineer.level < 3).returning(m.Engineer.id, m.Engineer.name))
    assert deleted.all() == [(2, "eva"), (3, "eli")]
    assert [one.id for one in s.scalars(azoth.select(m.Person).order_by(m.Person.id))] == [1, 4, 5]


def test_returned_objects_obey_options(joined: tuple[Staff, Session]) -> None:
    m, s = joined
    change = azoth.update(m.Engineer).values(skill="glass").returning(m.Engineer).options(load_only(m.Engineer.skill))
    changed = s.scalars(change).all()
    assert [one.skill for one in changed] == ["glass"] * 3
    assert all("name" not in one.__dict__ for one in changed)


def test_values_that_need_each_other_are_refused(joined: tuple[Staff, Session]) -> None:
    m, s = joined
    swap = azoth.update(m.Engineer).values(name=m.Engineer.skill, skill=m.Engineer.name)
    with pytest.raises(InvalidRequestError, match="by each other"):
        s.execute(swap)
    assert m.rows(s)["engineer"][0] == ("steel", 1, 2)


@pytest.mark.parametrize("kind", [SINGLE, JOINED])
def test_criteria_for_the_base_hold_for_derived_classes(database: Database, kind: str) -> None:
    def change(lib: Library, m: Staff, s: Any) -> Any:
        option = with_loader_criteria(m.Person, m.Person.age < 50)
        of_sub = with_loader_criteria(m.Programmer, m.Programmer.age < 0)
        one = s.execute(azoth.update(m.Engineer).options(option, of_sub).values(skill="glass")).rowcount
        two = s.execute(azoth.delete(m.Engineer).options(option)).rowcount
        return one, two, [one.id for one in s.scalars(azoth.select(m.Person).order_by(m.Person.id))]

    assert outcome_of(database, AZOTH, partial(Staff, kind=kind), change) == (2, 2, [1, 4, 5])


def test_objects_in_the_table_of_a_concrete_class_are_no_objects_of_its_base(concrete: tuple[Staff, Session]) -> None:
    m, s = concrete
    objects = m.objects(s)
    s.execute(azoth.update(m.Person).values(name="new"))
    assert [one.name for one in objects] == ["new", "eva", "eli", "pam", "max"]
    s.execute(azoth.delete(m.Engineer))
    assert [one.name for one in objects if one in s] == ["new", "pam", "max"]


def test_attributes_of_derived_classes_follow_a_statement_of_the_base(database: Database) -> None:
    def change(lib: Library, m: Staff, s: Any) -> Any:
        objects = m.objects(s)
        s.execute(azoth.update(m.Person).values({m.Engineer.skill: "glass"}))
        return [one.__dict__["skill"] for one in objects if isinstance(one, m.Engineer)]

    assert outcome_of(database, AZOTH, partial(Staff, kind=SINGLE), change) == ["glass"] * 3


def test_few_statements_are_sent(joined: tuple[Staff, Session], statements: list[str]) -> None:
    m, s = joined

    def sent(statement: Any) -> list[str]:
        before = len(statements)
        s.execute(statement, execution_options={"synchronize_session": False})
        found = [text.split(" ")[0] for text in statements[before:]]
        s.rollback()
        return found

    s.connection()
    assert sent(azoth.update(m.Engineer).values(skill="x").where(m.Engineer.level > 1)) == ["UPDATE"]
    assert sent(azoth.update(m.Engineer).values(skill="x").where(m.Engineer.age > 1)) == ["UPDATE"]
    assert sent(azoth.update(m.Engineer).values(name="x").where(m.Engineer.level > 1)) == ["UPDATE"]
    assert sent(azoth.update(m.Engineer).values(name="x", skill="x")) == ["SELECT", "UPDATE", "UPDATE"]
    assert sent(azoth.delete(m.Person).where(m.Person.age > 1)) == ["DELETE"] * 4
    assert sent(azoth.delete(m.Engineer)) == ["SELECT", "DELETE", "DELETE", "DELETE"]


@pytest.mark.parametrize("kind", KINDS)
def test_statements_are_printed_as_they_are_sent(kind: str) -> None:
    m = Staff(AZOTH, kind)
    text = " ".join(str(azoth.update(m.Engineer).values(skill="x").where(m.Engineer.name == "eva")).split())
    assert (
        text
        == {
            SINGLE: "UPDATE person SET skill=:skill WHERE person.full_name = :full_name_1 AND person.type IN "
            "(:type_1_1, :type_1_2)",
            JOINED: "UPDATE engineer SET skill=:skill WHERE engineer.id IN (SELECT engineer.id FROM person"
            " JOIN engineer ON person.id = engineer.id WHERE person.full_name = :full_name_1)",
            CONCRETE: "UPDATE engineer SET skill=:skill WHERE engineer.full_name = :full_name_1",
        }[kind]
    )


def test_a_class_that_is_read_from_a_union_is_changed_by_its_tables(engine: azoth.Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Animal(ConcreteBase, Base):
        __tablename__ = "animal"
        id = azoth.Column(azoth.Integer, primary_key=True)
        name = azoth.Column(azoth.String)
        __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_identity": "animal", "concrete": True}

    class Dog(Animal):
        __tablename__ = "dog"
        id = azoth.Column(azoth.Integer, primary_key=True)
        name = azoth.Column(azoth.String)
        __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_identity": "dog", "concrete": True}

    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.execute(azoth.insert(Animal), [{"name": "a"}, {"name": "b"}])
        s.execute(azoth.insert(Dog), [{"name": "a"}])
        for statement in (
            azoth.update(Animal).where(Animal.name == "a").values(name="x"),
            azoth.delete(Animal),
            azoth.insert(Animal).values(name="c").returning(Animal),
        ):
            with pytest.raises(InvalidRequestError, match="Animal is pjoin"):
                s.execute(statement)
        s.execute(azoth.update(Dog).where(Dog.name == "a").values(name="x"))
        s.execute(azoth.update(Animal.__table__).where(Animal.__table__.c.name == "b").values(name="y"))
        s.execute(azoth.update(Animal), [{"id": 1, "name": "z"}])
        assert sorted((type(one).__name__, one.name) for one in s.scalars(azoth.select(Animal))) == [
            ("Animal", "y"),
            ("Animal", "z"),
            ("Dog", "x"),
        ]


@pytest.mark.parametrize("kind", [SINGLE, JOINED])
def test_sets_of_parameters_for_one_statement(database: Database, kind: str) -> None:
    def change(lib: Library, m: Staff, s: Any) -> Any:
        named = m.Engineer.name == lib.bindparam("whose")
        told = {"synchronize_session": None}
        own = [{"whose": "eva", "skill": "x"}, {"whose": "eli", "skill": "y"}]
        base = [{"whose": "pam", "age": 1, "level": 7}, {"whose": "eva", "age": 2, "level": 8}]
        counts = [
            s.execute(lib.update(m.Engineer).where(named), own, execution_options=told).rowcount,
            s.execute(lib.update(m.Engineer).where(named), base, execution_options=told).rowcount,
        ]
        found = s.scalars(lib.select(m.Engineer).order_by(m.Engineer.id).execution_options(populate_existing=True))
        rows = [(one.name, one.age, one.skill, one.level) for one in found]
        gone = s.execute(
            lib.delete(m.Engineer).where(named), [{"whose": "eva"}, {"whose": "pam"}], execution_options=told
        )
        return counts, rows, gone.rowcount, s.scalars(lib.select(m.Person.id).order_by(m.Person.id)).all()

    assert outcome_of(database, AZOTH, partial(Staff, kind=kind), change) == (
        [2, 2],
        [("eva", 2, "x", 8), ("eli", 40, "y", 2), ("pam", 1, "code", 7)],
        2,
        [1, 3, 5],
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_class_that_a_statement_names_is_kept(database: Database, kind: str) -> None:
    def change(lib: Library, m: Staff, s: Any) -> Any:
        s.execute(lib.insert(m.Engineer).values(type="programmer"), [{"name": "a"}])
        s.execute(
            lib.insert(m.Engineer).values(type=lib.func.lower("ODD"), skill=lib.bindparam("s") + "!"), [{"s": "x"}]
        )
        s.execute(lib.insert(m.Engineer).values(name="plain"))
        table = m.rows(s)["engineer" if kind == CONCRETE else "person"]
        skills = m.rows(s)["person" if kind == SINGLE else "engineer"]
        return [row[1] for row in table[-3:]], "x!" in skills[-2]

    assert outcome_of(database, AZOTH, partial(Staff, kind=kind), change) == (["programmer", "odd", "engineer"], True)
