"""Loads along foreign keys whose values cannot be hashed, and references that several rows answer."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, String, TypeDecorator
from azoth.exc import SAWarning
from azoth.orm import Session, declarative_base, joinedload, relationship, selectinload

Base: Any = declarative_base()


class Document(TypeDecorator[Any]):
    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: object) -> str | None:
        return None if value is None else json.dumps(value, sort_keys=True)

    def process_result_value(self, value: Any, dialect: object) -> Any:
        return None if value is None else json.loads(value)


class Kind(Base):
    __tablename__ = "kinds_by_document"
    id = Column(Integer, primary_key=True)
    document = Column(Document, unique=True)
    texts = relationship("Text", back_populates="kind", order_by="Text.id")


class Text(Base):
    __tablename__ = "texts_by_document"
    id = Column(Integer, primary_key=True)
    kind_document = Column(Document, ForeignKey(Kind.document))
    kind = relationship(Kind, back_populates="texts")


class Owner(Base):
    __tablename__ = "owners_of_one"
    id = Column(Integer, primary_key=True)
    pet = relationship("Pet", uselist=False, order_by="Pet.id")


class Pet(Base):
    __tablename__ = "pets_of_owners"
    id = Column(Integer, primary_key=True)
    owner_id = Column(ForeignKey(Owner.id))


@pytest.fixture
def session(engine: Engine) -> Any:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            [
                Kind(id=1, document={"a": 1}, texts=[Text(id=1), Text(id=2)]),
                Kind(id=2, document={"a": 2}, texts=[Text(id=3)]),
                Text(id=4),
                Owner(id=1),
                Owner(id=2),
                Pet(id=1, owner_id=1),
                Pet(id=2, owner_id=1),
                Pet(id=3, owner_id=2),
            ]
        )
        session.commit()
        session.expunge_all()
        yield session


@pytest.mark.parametrize("options", [(), (selectinload(Text.kind),)], ids=["lazy", "selectin"])
def test_a_reference_by_a_value_without_hash(session: Any, options: tuple[Any, ...]) -> None:
    texts = session.query(Text).order_by(Text.id).options(*options).all()
    assert [text.kind and text.kind.id for text in texts] == [1, 1, 2, None]


def test_a_collection_by_a_value_without_hash(session: Any) -> None:
    kinds = session.query(Kind).order_by(Kind.id).options([selectinload(Kind.texts)]).all()
    assert [[text.id for text in kind.texts] for kind in kinds] == [[1, 2], [3]]


def test_several_rows_for_one_object_are_warned_of(session: Any) -> None:
    owner = session.get(Owner, 1)
    with pytest.warns(SAWarning, match="AZ-L656"):
        assert owner.pet.id == 1
    assert session.get(Owner, 2).pet.id == 3


def test_several_rows_for_one_object_are_warned_of_where_they_are_joined(session: Any) -> None:
    query = session.query(Owner).order_by(Owner.id).options(joinedload(Owner.pet))
    with pytest.warns(SAWarning, match="AZ-L656"):
        assert [owner.pet.id for owner in query] == [1, 3]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session.expunge_all()
        owner = query.filter(Owner.id == 2).one()
        owner.pet = Pet(id=4)
        assert session.query(Owner).filter(Owner.id == 2).options(joinedload(Owner.pet)).one().pet.id == 4
