"""A program may ask for the old values of an attribute at any time: ``Class.attribute.impl.active_history = True``."""

from __future__ import annotations

from typing import Any

import azoth
from azoth import event, inspect
from azoth.orm import DeclarativeBase, Mapped, Session, aliased, composite, mapped_column


def expired_parent(family: Any, session: Session) -> Any:
    session.add(parent := family.Parent(name="old"))
    session.commit()
    return parent


def history(instance: Any, key: str) -> Any:
    return inspect(instance).attrs[key].history


def test_a_value_that_is_not_loaded_is_replaced_unseen_by_default(family: Any, session: Session) -> None:
    parent = expired_parent(family, session)
    parent.name = "new"
    assert history(parent, "name") == (["new"], (), ())
    assert not family.Parent.name.impl.active_history


def test_active_history_loads_it_first(family: Any, session: Session) -> None:
    parent = expired_parent(family, session)
    family.Parent.name.impl.active_history = True
    parent.name = "new"
    assert history(parent, "name") == (["new"], (), ["old"])


def test_the_attribute_of_an_alias_has_that_of_its_class(family: Any, session: Session) -> None:
    alias = aliased(family.Parent)
    assert alias.name.impl is family.Parent.name.impl
    alias.name.impl.active_history = True
    parent = expired_parent(family, session)
    parent.name = "new"
    assert history(parent, "name") == (["new"], (), ["old"])


def test_it_stays_when_a_listener_goes(family: Any, session: Session) -> None:
    def hear(target: object, value: object, oldvalue: object, initiator: object) -> None:
        pass

    event.listen(family.Parent.name, "set", hear)
    family.Parent.name.impl.active_history = True
    event.remove(family.Parent.name, "set", hear)
    parent = expired_parent(family, session)
    parent.name = "new"
    assert history(parent, "name") == (["new"], (), ["old"])


def test_relationships_have_it_too(family: Any, session: Session) -> None:
    family.Child.parent.impl.active_history = True
    session.add(child := family.Child(parent=family.Parent(name="a")))
    session.commit()
    first = child.parent
    session.expire(child)
    child.parent = second = family.Parent(name="b")
    assert history(child, "parent") == ([second], (), [first])


def test_the_initiator_of_a_change_is_known_by_it(family: Any) -> None:
    heard: list[Any] = []
    event.listen(family.Parent.name, "set", lambda target, value, old, initiator: heard.append(initiator.impl))
    family.Parent(name="a")
    assert heard == [family.Parent.name.impl]


def test_that_of_a_composite_is_that_of_its_columns(engine: azoth.Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Point:
        def __init__(self, x: int, y: int) -> None:
            self.x, self.y = x, y

        def __composite_values__(self) -> tuple[int, int]:
            return self.x, self.y

    class Mark(Base):
        __tablename__ = "mark"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[int] = mapped_column()
        y: Mapped[int] = mapped_column()
        point = composite(Point, x, y)

    Base.metadata.create_all(engine)
    Mark.point.impl.active_history = True
    assert Mark.x.impl.active_history
    assert Mark.point.impl.active_history
    with Session(engine) as session:
        session.add(mark := Mark(point=Point(1, 2)))
        session.commit()
        mark.point = Point(3, 2)
        assert history(mark, "x") == ([3], (), [1])
