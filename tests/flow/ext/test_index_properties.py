"""index_property: an element of a column's value as an attribute."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import JSON, Engine, Integer, select
from azoth.ext.indexable import index_property
from azoth.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column


class Base(DeclarativeBase):
    pass


class ReadOnly(index_property[Any]):
    def expr(self, model: Any) -> Any:
        return super().expr(model).as_integer()


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    tags: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    name: index_property[str] = index_property("data", "name")
    nick: index_property[str] = index_property("data", "nick", default="-")
    second = index_property[str]("tags", 1, onebased=False)
    age = ReadOnly("data", "age", mutable=False)
    made = index_property[str]("data", "made", datatype=lambda: {"by": "factory"})


def test_an_element_is_read_set_and_deleted() -> None:
    person = Person(data={"name": "ed"})
    assert (person.name, person.nick) == ("ed", "-")
    person.name = "al"
    assert person.data == {"name": "al"}
    del person.name
    assert person.data == {}
    for broken in (lambda: person.name, lambda: delattr(person, "name"), lambda: delattr(Person(), "name")):
        with pytest.raises(AttributeError, match=r"Person\.data has no element 'name'"):
            broken()


def test_a_container_is_made_where_there_is_none() -> None:
    person = Person()
    assert person.nick == "-"
    with pytest.raises(AttributeError):
        _ = person.name
    person.name = "ed"
    person.second = "b"
    assert (person.data, person.tags) == ({"name": "ed"}, [None, "b"])
    other = Person(made="x")  # type: ignore[call-arg]
    assert other.data == {"by": "factory", "made": "x"}


def test_one_that_is_not_mutable_refuses() -> None:
    with pytest.raises(AttributeError, match="can't set attribute"):
        Person().age = 3


def test_changes_are_stored_and_statements_compare_elements(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Person(id=1, data={"name": "ed", "age": 3}, tags=["a", "b"]), Person(id=2, data={"age": 5})])
        session.commit()
        person = session.get_one(Person, 1)
        person.name = "al"
        person.second = "c"
        session.commit()
        assert (person.data, person.tags) == ({"name": "al", "age": 3}, ["a", "c"])
        assert session.scalars(select(Person.id).where(Person.age > 4)).all() == [2]
        assert session.scalars(select(Person.id).where(Person.name.as_string() == "al")).all() == [1]
        other = aliased(Person)
        assert session.scalars(select(other.id).where(other.second.as_string() == "c")).all() == [1]


def test_positions_in_sql_begin_at_one_unless_told_otherwise() -> None:
    class Own(DeclarativeBase):
        pass

    class Row(Own):
        __tablename__ = "row"
        id: Mapped[int] = mapped_column(primary_key=True)
        values: Mapped[Any] = mapped_column(JSON)
        first = index_property[int]("values", 0)

    (bind,) = select(Row.first).compile().params.values()
    assert bind == 1
    assert isinstance(Row.id.type, Integer)
