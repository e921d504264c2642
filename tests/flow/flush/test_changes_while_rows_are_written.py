"""Changes that listeners of single rows make, when what the flush writes is settled already, are warned of."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azoth import ForeignKey, event, func, select
from azoth.exc import AzothWarning
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, object_session, relationship
from tests.database import Database


class Base(DeclarativeBase):
    pass


class Crew(Base):
    __tablename__ = "crew"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    sailors: Mapped[list[Sailor]] = relationship(back_populates="crew")


class Sailor(Base):
    __tablename__ = "sailor"
    id: Mapped[int] = mapped_column(primary_key=True)
    crew_id: Mapped[int | None] = mapped_column(ForeignKey("crew.id"))
    name: Mapped[str | None]
    crew: Mapped[Crew | None] = relationship(back_populates="sailors")


def add(crew: Crew, session: Session) -> None:
    session.add(Sailor(name="late"))


def delete(crew: Crew, session: Session) -> None:
    session.delete(session.get_one(Sailor, 1))


def merge(crew: Crew, session: Session) -> None:
    session.merge(Sailor(id=70, name="late"))


def append(crew: Crew, session: Session) -> None:
    crew.sailors.append(Sailor(name="late"))


def append_present(crew: Crew, session: Session) -> None:
    crew.sailors.append(session.get_one(Sailor, 1))


def remove(crew: Crew, session: Session) -> None:
    del crew.sailors[0]


def set_reference(crew: Crew, session: Session) -> None:
    session.get_one(Sailor, 1).crew = crew


def forget_reference(crew: Crew, session: Session) -> None:
    crew.sailors[0].crew = None


def delete_reference(crew: Crew, session: Session) -> None:
    del crew.sailors[0].crew


LATE = [add, delete, merge, append, append_present, remove, set_reference, forget_reference, delete_reference]


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Sailor(id=1, name="old"))
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture
def hear() -> Iterator[Callable[[str, Callable[[Crew, Session], None]], None]]:
    heard: list[tuple[str, Callable[..., None]]] = []

    def hear(moment: str, change: Callable[[Crew, Session], None]) -> None:
        def listener(mapper: Any, connection: Any, crew: Crew) -> None:
            session = object_session(crew)
            assert session is not None
            change(crew, session)

        event.listen(Crew, moment, listener)
        heard.append((moment, listener))

    yield hear
    for moment, listener in heard:
        event.remove(Crew, moment, listener)


@pytest.mark.parametrize("change", LATE)
@pytest.mark.parametrize("moment", ["before_insert", "after_insert"])
def test_each_late_change_is_warned_of(session: Session, hear: Any, moment: str, change: Any) -> None:
    hear(moment, change)
    session.add(Crew(name="c", sailors=[Sailor(name="first")]))
    with pytest.warns(AzothWarning, match="while a flush is writing rows"):
        session.flush()


def test_what_was_added_late_is_written_by_the_next_flush(session: Session, hear: Any) -> None:
    hear("after_insert", add)
    session.add(Crew(name="c"))
    with pytest.warns(AzothWarning, match="Sailor is added"):
        session.flush()
    assert session.new
    session.flush()
    assert session.scalar(select(func.count()).where(Sailor.name == "late")) == 1


def test_columns_of_the_row_may_be_set_and_other_work_goes_on_afterwards(session: Session, hear: Any) -> None:
    hear("before_insert", lambda crew, session: setattr(crew, "name", "set"))
    crew = Crew()
    session.add(crew)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session.flush()
        crew.sailors.append(Sailor(name="then"))
        session.commit()
    assert crew.name == "set"
    assert [sailor.name for sailor in crew.sailors] == ["then"]


def test_a_listener_that_fails_leaves_the_session_usable(session: Session, hear: Any) -> None:
    def fail(crew: Crew, session: Session) -> None:
        raise LookupError("no")

    hear("before_insert", fail)
    session.add(Crew())
    with pytest.raises(LookupError):
        session.flush()
    session.rollback()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session.add(Sailor(name="after"))
        session.commit()


def test_a_listener_that_sets_columns_of_other_objects_is_warned_of_and_comes_to_an_end(
    session: Session, hear: Any
) -> None:
    first, second = Crew(name="1"), Crew(name="2")
    session.add_all([first, second])
    session.commit()

    def rename_all(crew: Crew, session: Session) -> None:
        for one in (first, second):
            one.name = "same"

    hear("after_update", rename_all)
    first.name = "3"
    with pytest.warns(AzothWarning, match=r"columns of 1 object\(s\) without changes were set by listeners"):
        session.commit()
    assert second.name == "same"
