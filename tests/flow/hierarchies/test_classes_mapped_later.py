"""A class that is mapped after statements were written, and run, is a kind of its base in all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import Engine, ForeignKey, exists, func, literal, select
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    column_property,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)


class Model:
    """Managers are persons in one table, and belong to companies; presidents can be added.

    Attributes:
        statements: by name, written before anybody knows of presidents.
    """

    def __init__(self) -> None:
        class Base(DeclarativeBase): ...

        class Company(Base):
            __tablename__ = "company"
            id: Mapped[int] = mapped_column(primary_key=True)
            managers: Mapped[list[Any]] = relationship("Manager")

        class Person(Base):
            __tablename__ = "person"
            id: Mapped[int] = mapped_column(primary_key=True)
            kind: Mapped[str]
            company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

        class Manager(Person):
            __mapper_args__ = {"polymorphic_identity": "manager"}

        number = select(func.count(Manager.id)).where(Manager.company_id == Company.id).scalar_subquery()
        Company.number = column_property(number)  # type: ignore[attr-defined]  # declared now
        self.Base, self.Company, self.Person, self.Manager = Base, Company, Person, Manager
        alias = aliased(Manager)
        of_company = Manager.company_id == Company.id
        self.statements: dict[str, Any] = {
            "entity": select(Manager),
            "base": select(Person),
            "column": select(Manager.id),
            "function": select(func.max(Manager.id) + 1),
            "count": select(func.count()).select_from(Manager),
            "criterion": select(literal(1)).where(Manager.id > 0),
            "alias": select(alias),
            "column of an alias": select(alias.id),
            "join with an alias": select(Company.id).join(alias, alias.company_id == Company.id),
            "join": select(Company.id).join(Company.managers),
            "outer join": select(Company.id, Manager.id).outerjoin(Manager, of_company),
            "exists": select(Company.id).where(exists().where(of_company)),
            "any": select(Company.id).where(Company.managers.any()),
            "in": select(Company.id).where(Company.id.in_(select(Manager.company_id))),
            "scalar subquery": select(Company.id, number),
            "subquery": select(select(Manager.id).subquery().c.id),
            "column_property": select(Company.number),  # type: ignore[attr-defined]
            "joined": select(Company).options(joinedload(Company.managers)),
            "selectin": select(Company).options(selectinload(Company.managers)),
            "lazy": select(Company),
        }

    def add_president(self) -> Any:
        class President(self.Manager):  # type: ignore[misc, name-defined]  # the base is made anew
            __mapper_args__ = {"polymorphic_identity": "president"}

        return President


EXPECTED: dict[str, Any] = {
    "entity": ["President"],
    "base": ["President"],
    "column": [1],
    "function": [2],
    "count": [1],
    "criterion": [1],
    "alias": ["President"],
    "column of an alias": [1],
    "join with an alias": [1],
    "join": [1],
    "outer join": [1, 1],
    "exists": [1],
    "any": [1],
    "in": [1],
    "scalar subquery": [1, 1],
    "subquery": [1],
    "column_property": [1],
    "joined": [["President"]],
    "selectin": [["President"]],
    "lazy": [["President"]],
}


def shown(value: Any) -> Any:
    if isinstance(value, int):
        return value
    members = getattr(value, "managers", None)
    return type(value).__name__ if members is None else [type(member).__name__ for member in members]


def answers(session: Session, statement: Any) -> list[Any]:
    return [shown(value) for row in session.execute(statement).unique() for value in row]


@pytest.mark.parametrize("has_run", [False, True], ids=["written before", "run before"])
@pytest.mark.parametrize("name", EXPECTED)
def test_a_statement_knows_classes_that_are_mapped_later(engine: Engine, name: str, has_run: bool) -> None:
    model = Model()
    statement = model.statements[name]
    model.Base.metadata.create_all(engine)
    if has_run:
        with Session(engine) as session:
            session.add_all([model.Company(id=1), model.Manager(id=1, company_id=1)])
            session.flush()
            assert answers(session, statement) == [
                ["Manager"] if value == ["President"] else "Manager" if value == "President" else value
                for value in EXPECTED[name]
            ]

    president = model.add_president()
    with Session(engine) as session:
        session.add_all([model.Company(id=1), president(id=1, company_id=1)])
        session.commit()
        session.expunge_all()
        assert answers(session, statement) == EXPECTED[name]


def by_key(session: Session, model: Model) -> Any:
    return session.get(model.Manager, 1)


def refreshed(session: Session, model: Model) -> Any:
    found = session.get(model.Person, 1)
    session.refresh(found)
    return found


@pytest.mark.parametrize("load", [by_key, refreshed])
def test_loads_by_key_know_classes_that_are_mapped_later(engine: Engine, load: Callable[[Session, Model], Any]) -> None:
    model = Model()
    model.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(model.Manager(id=1))
        session.flush()
        session.expunge_all()
        assert isinstance(load(session, model), model.Manager)

    president = model.add_president()
    with Session(engine) as session:
        session.add(president(id=1))
        session.commit()
        session.expunge_all()
        assert isinstance(load(session, model), president)
