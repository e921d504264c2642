"""factory_boy: objects in a session, made by factories."""

import factory
import pytest
import sqlalchemy as sa
from factory.alchemy import SESSION_PERSISTENCE_COMMIT, SESSION_PERSISTENCE_FLUSH, SQLAlchemyModelFactory
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, scoped_session, sessionmaker

Sessions = scoped_session(sessionmaker())


class Base(DeclarativeBase):
    pass


class Company(Base):
    __tablename__ = "company"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    people: Mapped[list["Person"]] = relationship(back_populates="company")


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id"))
    company: Mapped[Company | None] = relationship(back_populates="people")


class CompanyFactory(SQLAlchemyModelFactory):
    class Meta:
        model = Company
        sqlalchemy_session = Sessions
        sqlalchemy_get_or_create = ("name",)
        sqlalchemy_session_persistence = SESSION_PERSISTENCE_FLUSH

    name = factory.Sequence(lambda number: f"company {number}")


class PersonFactory(SQLAlchemyModelFactory):
    class Meta:
        model = Person
        sqlalchemy_session_factory = Sessions
        sqlalchemy_session_persistence = SESSION_PERSISTENCE_COMMIT

    name = factory.Faker("name")
    company = factory.SubFactory(CompanyFactory)


@pytest.fixture(autouse=True)
def database():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    Sessions.configure(bind=engine)
    CompanyFactory.reset_sequence()
    yield
    Sessions.remove()
    engine.dispose()


def test_a_factory_stores_an_object_with_what_it_refers_to():
    person = PersonFactory()
    assert person.id == 1 and person.company.name == "company 0"
    Sessions.expire_all()
    assert Sessions.scalars(sa.select(Company)).one().people == [person]


def test_what_is_there_is_taken():
    first = CompanyFactory(name="one")
    assert CompanyFactory(name="one") is first
    assert Sessions.scalar(sa.select(sa.func.count()).select_from(Company)) == 1


def test_batches_and_objects_outside_of_a_session():
    people = PersonFactory.create_batch(5, company__name="all")
    assert {person.company_id for person in people} == {1}
    built = PersonFactory.build(company=None)
    assert sa.inspect(built).transient and built.company is None
    stub = PersonFactory.stub()
    assert stub.name


def test_what_is_taken_twice_is_told():
    CompanyFactory(name="a")
    with pytest.raises(sa.exc.IntegrityError):
        Sessions.add(Company(name="a"))
        Sessions.flush()
    Sessions.rollback()
    assert Sessions.scalars(sa.select(Company)).all() == []
