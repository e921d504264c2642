"""Properties that other packages derive from MapperProperty are told when their class is mapped and configured."""

from __future__ import annotations

from typing import Any

import azoth
from azoth.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column
from azoth.orm.interfaces import MapperProperty


class Shouted(MapperProperty):
    """An attribute that gives another one in capitals."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.told: list[Any] = []

    def instrument_class(self, mapper: Any) -> None:
        self.told.append(("instrument_class", mapper.class_.__name__))
        name = self.name
        setattr(mapper.class_, self.key, property(lambda instance: getattr(instance, name).upper()))

    def init(self) -> None:
        self.told.append(("init", self.parent.class_.__name__, self.name in self.parent.attrs))
        super().init()

    def do_init(self) -> None:
        self.told.append("do_init")

    def post_instrument_class(self, mapper: Any) -> None:
        self.told.append(("post_instrument_class", mapper.class_.__name__))


def test_they_hear_of_their_class_and_of_those_that_inherit_it(engine: azoth.Engine) -> None:
    prop = Shouted("name")

    class Base(DeclarativeBase):
        pass

    class Bird(Base):
        __tablename__ = "bird"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        kind: Mapped[str | None]
        call = prop
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "bird"}

    class Owl(Bird):
        __mapper_args__ = {"polymorphic_identity": "owl"}

    assert prop.told == [("instrument_class", "Bird"), ("instrument_class", "Owl")]
    assert prop.parent is azoth.inspect(Bird)
    configure_mappers()
    assert prop.told[2:] == [("init", "Bird", True), "do_init", ("post_instrument_class", "Bird")]
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Owl(name="hoo"))
        session.commit()
        session.expunge_all()
        assert session.scalars(azoth.select(Bird)).one().call == "HOO"


def test_one_that_comes_later_hears_of_all_at_once() -> None:
    class Base(DeclarativeBase):
        pass

    class Bird(Base):
        __tablename__ = "bird"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    configure_mappers()
    prop = Shouted("name")
    azoth.inspect(Bird).add_property("call", prop)
    assert [told if isinstance(told, str) else told[0] for told in prop.told] == [
        "instrument_class",
        "init",
        "do_init",
        "post_instrument_class",
    ]
    assert azoth.inspect(Bird).attrs.call is prop
