"""version_id_col: concurrent changes are found, not overwritten."""

from __future__ import annotations

import pytest

import azoth
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from azoth.orm.exc import StaleDataError
from tests.flow.library import Loan


@pytest.fixture
def loan(session: Session) -> Loan:
    loan = Loan(id=1, reader="r")
    session.add(loan)
    session.commit()
    return loan


def test_the_version_counts_updates(session: Session, loan: Loan) -> None:
    assert loan.version == 1
    loan.reader = "s"
    session.commit()
    assert loan.version == 2


def test_an_update_of_a_changed_row_is_stale(session: Session, loan: Loan) -> None:
    assert loan.version == 1
    session.connection().exec_driver_sql("UPDATE loan SET version = 5")
    loan.reader = "s"
    with pytest.raises(StaleDataError, match=r"Loan|loan"):
        session.flush()
    session.rollback()
    assert loan.reader == "r"


def test_a_delete_of_a_changed_row_is_stale(session: Session, loan: Loan) -> None:
    assert loan.version == 1
    session.connection().exec_driver_sql("UPDATE loan SET version = 5")
    session.delete(loan)
    with pytest.raises(StaleDataError):
        session.flush()
    session.rollback()
    assert session.get(Loan, 1) is loan


def test_an_update_of_a_row_that_is_gone_is_stale(session: Session, loan: Loan) -> None:
    assert loan.version == 1
    session.connection().exec_driver_sql("DELETE FROM loan")
    loan.reader = "s"
    with pytest.raises(StaleDataError):
        session.flush()


def test_two_sessions(file_engine: azoth.Engine) -> None:
    Loan.metadata.create_all(file_engine)
    with Session(file_engine) as first, Session(file_engine, expire_on_commit=False) as second:
        first.add(Loan(id=1, reader="r"))
        first.commit()
        mine = second.get(Loan, 1)
        second.commit()
        first.get(Loan, 1).reader = "s"
        first.commit()
        mine.reader = "t"
        with pytest.raises(StaleDataError):
            second.commit()
        second.rollback()
        assert second.get(Loan, 1).reader == "s"


def test_a_key_that_is_set_to_itself_while_it_is_expired_is_no_change(
    session: Session, loan: Loan, statements: list[str]
) -> None:
    statements.clear()
    loan.id = 1
    session.commit()
    assert [text for text in statements if text.startswith("UPDATE")] == []
    assert loan.version == 1


def test_locking_a_row_that_was_changed_meanwhile_is_refused_until_the_object_is_refreshed(
    session: Session, loan: Loan
) -> None:
    assert loan.version == 1
    assert session.get(Loan, 1, with_for_update=True) is loan
    session.connection().exec_driver_sql("UPDATE loan SET version = 5, reader = 's'")
    for lock in (True, {"read": True}):
        with pytest.raises(StaleDataError, match=r"another version in the database.*AZ-L720"):
            session.get(Loan, 1, with_for_update=lock)
    assert session.scalars(azoth.select(Loan).with_for_update()).one() is loan
    assert loan.version == 1
    session.refresh(loan, with_for_update=True)
    assert (loan.version, loan.reader) == (5, "s")
    assert session.get(Loan, 1, with_for_update=True) is loan


def test_a_lock_compares_the_version_that_was_loaded_and_gives_it_to_expired_objects(
    session: Session, loan: Loan
) -> None:
    assert loan.version == 1
    loan.version = 8
    with session.no_autoflush:
        assert session.get(Loan, 1, with_for_update=True) is loan
    session.rollback()
    session.expire(loan)
    session.connection().exec_driver_sql("UPDATE loan SET version = 5")
    assert session.get_one(Loan, 1, with_for_update=True).version == 5
    session.connection().exec_driver_sql("UPDATE loan SET version = 6")
    assert session.get_one(Loan, 1, with_for_update=True, populate_existing=True).version == 6


def test_a_driver_that_counts_no_rows_cannot_check_versions(session: Session, loan: Loan) -> None:
    session.bind.dialect.supports_sane_rowcount = False
    loan.reader = "s"
    with pytest.warns(azoth.exc.AzothWarning, match="Loan: the versions of UPDATE cannot be verified"):
        session.flush()
    session.delete(loan)
    with pytest.warns(azoth.exc.AzothWarning, match="Loan: the versions of DELETE cannot be verified"):
        session.flush()


def test_a_column_may_be_named_when_the_class_is_mapped_and_used(engine: azoth.Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        name: Mapped[str]
        changes: Mapped[int | None]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "thing"}

    class Tool(Thing):
        __tablename__ = "tool"
        id: Mapped[int] = mapped_column(azoth.ForeignKey("thing.id"), primary_key=True)
        use: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "tool"}

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        tool = Tool(name="a", use="b")
        session.add_all([Thing(name="a"), tool])
        session.commit()
        assert tool.changes is None
        for mapper in (Thing.__mapper__, Tool.__mapper__):
            assert mapper.version_id_col is None
        Thing.__mapper__.version_id_col = Thing.__table__.c.changes
        session.connection().exec_driver_sql("UPDATE thing SET changes = 1")
        session.commit()
        tool.use = "c"
        session.commit()
        assert (Tool.__mapper__.version_id_col.name, tool.changes) == ("changes", 2)
        for key in (1, 2):
            thing = session.get_one(Thing, key)
            session.connection().exec_driver_sql("UPDATE thing SET changes = 5")
            thing.name = "d"
            with pytest.raises(StaleDataError):
                session.flush()
            session.rollback()
        new = Thing(name="e")
        session.add(new)
        session.commit()
        assert new.changes == 1
