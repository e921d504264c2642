"""Rows that refer to rows of their own table by a composite key with a shared column."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKeyConstraint, Integer, and_, select
from azoth.orm import (
    Session,
    aliased,
    declarative_base,
    foreign,
    joinedload,
    relationship,
    remote,
    selectinload,
    subqueryload,
)


def remote_side(entity: Any) -> dict[str, Any]:
    return {"remote_side": lambda: [entity.firm, entity.id]}


def remote_side_in_another_order(entity: Any) -> dict[str, Any]:
    return {"remote_side": lambda: [entity.id, entity.firm]}


def condition_and_remote_side(entity: Any) -> dict[str, Any]:
    condition = lambda: and_(entity.firm == entity.firm, entity.boss_id == entity.id)  # noqa: E731
    return {"primaryjoin": condition, **remote_side(entity)}


def marks(entity: Any) -> dict[str, Any]:
    return {
        "primaryjoin": lambda: and_(entity.firm == remote(entity.firm), foreign(entity.boss_id) == remote(entity.id))
    }


def from_the_other_side(entity: Any) -> dict[str, Any]:
    return {"remote_side": lambda: [entity.firm, entity.boss_id]}


STYLES = [remote_side, remote_side_in_another_order, condition_and_remote_side, marks, from_the_other_side]


@pytest.fixture(params=STYLES, ids=lambda style: style.__name__)
def employee(request: pytest.FixtureRequest, engine: azoth.Engine) -> Any:
    """Map people of firms, each with a boss of the same firm."""
    base: Any = declarative_base()

    class Employee(base):
        __tablename__ = "employees"
        firm = Column(Integer, primary_key=True)
        id = Column(Integer, primary_key=True)
        boss_id = Column(Integer)
        __table_args__ = (ForeignKeyConstraint(["firm", "boss_id"], ["employees.firm", "employees.id"]),)

    arguments = request.param(Employee)
    if request.param is from_the_other_side:
        Employee.staff = relationship(Employee, back_populates="boss", **arguments)
        Employee.boss = relationship(Employee, back_populates="staff", remote_side=lambda: [Employee.firm, Employee.id])
    else:
        Employee.boss = relationship(Employee, backref="staff", **arguments)
    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Employee(firm=1, id=1), Employee(firm=2, id=1)])
        session.flush()
        session.add_all([Employee(firm=1, id=2, boss_id=1), Employee(firm=2, id=5, boss_id=1)])
        session.commit()
    return Employee


def test_the_shared_column_belongs_to_both_sides(engine: azoth.Engine, employee: Any) -> None:
    with Session(engine) as session:
        boss = session.get(employee, (1, 1))
        assert [(one.firm, one.id) for one in boss.staff] == [(1, 2)]
        assert session.get(employee, (2, 5)).boss is session.get(employee, (2, 1))
        assert boss.boss is None


@pytest.mark.parametrize("load", [joinedload, selectinload, subqueryload])
def test_eager_loads_compare_the_shared_column(engine: azoth.Engine, employee: Any, load: Any) -> None:
    statement = select(employee).order_by(employee.firm, employee.id)
    with Session(engine) as session:
        found = session.scalars(statement.options(load(employee.staff))).unique().all()
        assert [len(one.staff) for one in found] == [1, 0, 1, 0]
    with Session(engine) as session:
        found = session.scalars(statement.options(load(employee.boss))).unique().all()
        assert [one.boss and (one.boss.firm, one.boss.id) for one in found] == [None, (1, 1), None, (2, 1)]


def test_joins_compare_the_shared_column(engine: azoth.Engine, employee: Any) -> None:
    other = aliased(employee)
    with Session(engine) as session:
        statement = select(employee.firm, employee.id, other.id).join(employee.boss.of_type(other))
        assert session.execute(statement.order_by(employee.firm)).all() == [(1, 2, 1), (2, 5, 1)]
        assert session.scalars(select(employee.firm).where(employee.staff.any(employee.id == 5))).all() == [2]


def test_a_boss_that_goes_leaves_the_firm(engine: azoth.Engine, employee: Any) -> None:
    with Session(engine) as session:
        one = session.get(employee, (1, 2))
        assert one.boss.id == 1
        one.boss = None
        session.flush()
        assert (one.firm, one.boss_id) == (1, None)
        one.boss = session.get(employee, (1, 1))
        session.add(employee(firm=1, id=3, boss=one))
        session.commit()
        rows = session.execute(select(employee.id, employee.boss_id).where(employee.firm == 1).order_by(employee.id))
        assert rows.all() == [(1, None), (2, 1), (3, 2)]
