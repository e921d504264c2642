"""The columns of composites: where none is given for a field of a dataclass, it is made, and named by a template."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from azoth import BigInteger, exc, select
from azoth.orm import DeclarativeBase, Mapped, Session, attributes, composite, mapped_column
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Plain:
    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y

    def __composite_values__(self) -> tuple[int, int]:
        return self.x, self.y


COMPOSITES: dict[str, Callable[[Library], Any]] = {
    "a template": lambda lib: lib.composite(column_template="home_%s"),
    "a template and the class": lambda lib: lib.composite(Point, column_template="home_%s"),
    "a percent sign": lambda lib: lib.composite(column_template="100%%_%s"),
    "one column and a template": lambda lib: lib.composite(lib.mapped_column("first"), column_template="home_%s"),
    "one column": lambda lib: lib.composite(lib.mapped_column("first")),
    "one name": lambda lib: lib.composite(Point, "id"),
    "columns without names": lambda lib: lib.composite(
        lib.mapped_column(), lib.mapped_column("second"), column_template="home_%s"
    ),
    "core columns without names": lambda lib: lib.composite(lib.Column(lib.Integer), lib.Column(lib.Integer)),
    "two places": lambda lib: lib.composite(column_template="%s_%s"),
    "no place": lambda lib: lib.composite(column_template="home"),
    "another place": lambda lib: lib.composite(column_template="home_%d"),
    "an empty template": lambda lib: lib.composite(column_template=""),
    "no text": lambda lib: lib.composite(column_template=5),
    "a class with a constructor": lambda lib: lib.composite(
        Plain, lib.mapped_column("x", lib.Integer), lib.mapped_column("y", lib.Integer, nullable=False)
    ),
    "no dataclass": lambda lib: lib.composite(Plain, lib.mapped_column(), column_template="home_%s"),
}


def columns_made_by(lib: Library, name: str) -> Any:
    class Base(lib.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    try:
        body = {
            "__tablename__": "place",
            "__module__": __name__,
            "__annotations__": {"id": lib.Mapped[int], "point": lib.Mapped[Plain if "constructor" in name else Point]},
            "id": lib.mapped_column(primary_key=True),
            "point": COMPOSITES[name](lib),
        }
        made: Any = type(Base)("Place", (Base,), body)
        Base.registry.configure()
        return [(column.key, column.name, str(column.type), column.nullable) for column in made.__table__.c]
    except lib.exc.ArgumentError:
        return "ArgumentError"
    finally:
        Base.registry.dispose()


@pytest.mark.parametrize("name", COMPOSITES)
def test_the_columns_are_those_of_sqlalchemy(name: str) -> None:
    assert columns_made_by(AZOTH, name) == columns_made_by(SQLALCHEMY, name)


def test_an_object_goes_into_its_named_columns_and_comes_back(database: Database) -> None:
    class Base(DeclarativeBase):
        pass

    class Place(Base):
        __tablename__ = "place"
        id: Mapped[int] = mapped_column(primary_key=True)
        home: Mapped[Point] = composite(column_template="home_%s")
        work: Mapped[Point] = composite(mapped_column("work_x", BigInteger), column_template="work_%s")

    assert Place.__table__.c.keys() == ["id", "home_x", "home_y", "work_x", "work_y"]
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Place(id=1, home=Point(3, 4), work=Point(1, 2)))
        session.commit()
        place = session.scalars(select(Place).where(Place.home == Point(3, 4))).one()
        assert (place.home, place.work) == (Point(3, 4), Point(1, 2))

        place.home = Point(5, 6)
        state = attributes.instance_state(place)
        prop = Place.home.property
        assert prop.get_history(state, state.dict) == ([Point(5, 6)], (), [Point(3, 4)])
        session.commit()
        assert prop.get_history(state, state.dict, attributes.PASSIVE_NO_FETCH) == ((), (), ())
        assert prop.get_history(state, state.dict) == ((), [Point(5, 6)], ())


def test_what_is_no_template_says_how_it_is_written() -> None:
    with pytest.raises(exc.ArgumentError, match="text with one") as caught:
        composite(Point, column_template="home")
    assert 'column_template="home_%s"' in caught.value.fix
