"""A many-to-one relationship with uselist=True holds the object that is referred to in a list."""

from __future__ import annotations

from azoth import Column, ForeignKey, Integer, select
from azoth.orm import DeclarativeBase, Session, relationship
from tests.database import Database


def test_the_last_of_the_list_is_referred_to(database: Database) -> None:
    class Base(DeclarativeBase):
        pass

    class Town(Base):
        __tablename__ = "town"
        id = Column(Integer, primary_key=True)

    class Person(Base):
        __tablename__ = "person"
        id = Column(Integer, primary_key=True)
        town_id = Column(ForeignKey("town.id"))
        towns = relationship(Town, uselist=True)

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        first, second = Town(id=1), Town(id=2)
        person = Person(towns=[first, second])
        session.add_all([person, Person(towns=[])])
        session.commit()
        assert person.town_id == 2
        assert person.towns == [second]
        person.towns = [first]
        session.commit()
        assert person.town_id == 1
        person.towns.clear()
        session.commit()
        assert session.scalars(select(Person.town_id)).all() == [None, None]
