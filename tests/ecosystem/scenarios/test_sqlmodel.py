"""SQLModel: models that are tables and schemas at once, and an API of FastAPI's on them."""

from typing import Annotated, Optional

import pytest
import sqlalchemy as sa
from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlalchemy.pool import StaticPool
from sqlmodel import Field, Relationship, Session, SQLModel, col, create_engine, func, or_, select


class Link(SQLModel, table=True):
    team_id: int | None = Field(default=None, foreign_key="team.id", primary_key=True)
    hero_id: int | None = Field(default=None, foreign_key="hero.id", primary_key=True)
    is_training: bool = False
    team: "Team" = Relationship(back_populates="hero_links")
    hero: "Hero" = Relationship(back_populates="team_links")


class TeamBase(SQLModel):
    name: str = Field(index=True)


class Team(TeamBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    heroes: list["Hero"] = Relationship(back_populates="team")
    hero_links: list[Link] = Relationship(back_populates="team")


class HeroBase(SQLModel):
    name: str = Field(index=True, max_length=20)
    age: int | None = Field(default=None, index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id")


class Hero(HeroBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    secret_name: str = Field(sa_column=sa.Column("secret", sa.String(30), nullable=False))
    team: Optional[Team] = Relationship(back_populates="heroes")
    team_links: list[Link] = Relationship(back_populates="hero")


class HeroCreate(HeroBase):
    secret_name: str


class HeroPublic(HeroBase):
    id: int


class TeamPublic(TeamBase):
    id: int


class HeroWithTeam(HeroPublic):
    team: TeamPublic | None = None


class HeroUpdate(SQLModel):
    name: str | None = None
    age: int | None = None


@pytest.fixture
def engine(database_url):
    url = database_url("heroes")
    if url.startswith("sqlite"):
        engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
    else:
        engine = create_engine(url)
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    with Session(engine) as session:
        yield session


@pytest.fixture
def client(session):
    app = FastAPI()
    Sessions = Annotated[Session, Depends(lambda: session)]

    @app.post("/heroes/", response_model=HeroPublic)
    def create(hero: HeroCreate, session: Sessions):
        stored = Hero.model_validate(hero)
        session.add(stored)
        session.commit()
        session.refresh(stored)
        return stored

    @app.get("/heroes/", response_model=list[HeroPublic])
    def many(session: Sessions, offset: int = 0, limit: int = 100):
        return session.exec(select(Hero).offset(offset).limit(limit)).all()

    @app.get("/heroes/{hero_id}", response_model=HeroWithTeam)
    def one(hero_id: int, session: Sessions):
        hero = session.get(Hero, hero_id)
        if hero is None:
            raise HTTPException(status_code=404, detail="no such hero")
        return hero

    @app.patch("/heroes/{hero_id}", response_model=HeroPublic)
    def change(hero_id: int, hero: HeroUpdate, session: Sessions):
        stored = session.get_one(Hero, hero_id)
        stored.sqlmodel_update(hero.model_dump(exclude_unset=True))
        session.add(stored)
        session.commit()
        session.refresh(stored)
        return stored

    @app.delete("/heroes/{hero_id}")
    def delete(hero_id: int, session: Sessions):
        session.delete(session.get_one(Hero, hero_id))
        session.commit()
        return {"ok": True}

    return TestClient(app)


def test_an_api_creates_reads_changes_and_deletes(client, session):
    team = Team(name="Preventers")
    session.add(team)
    session.commit()
    made = client.post("/heroes/", json={"name": "Deadpond", "secret_name": "Dive", "team_id": team.id})
    assert made.json() == {"name": "Deadpond", "age": None, "team_id": 1, "id": 1}
    assert client.post("/heroes/", json={"name": "Deadpond"}).status_code == 422
    assert client.get("/heroes/1").json()["team"] == {"name": "Preventers", "id": 1}
    assert client.patch("/heroes/1", json={"age": 30}).json() == {
        "name": "Deadpond",
        "age": 30,
        "team_id": 1,
        "id": 1,
    }
    client.post("/heroes/", json={"name": "Rusty", "secret_name": "Tommy"})
    assert [hero["name"] for hero in client.get("/heroes/?offset=1").json()] == ["Rusty"]
    assert client.delete("/heroes/1").json() == {"ok": True}
    assert client.get("/heroes/1").status_code == 404


def test_rows_are_selected_as_sqlmodel_writes_it(session):
    session.add_all(
        [Hero(name=name, secret_name=name.upper(), age=age) for name, age in (("a", 10), ("b", 20), ("c", 30))]
    )
    session.commit()
    names = session.exec(
        select(Hero.name).where(or_(Hero.age <= 10, col(Hero.name).in_(["c"]))).order_by(Hero.id)
    ).all()
    assert names == ["a", "c"]
    assert session.exec(select(func.count(), func.max(Hero.age))).one() == (3, 30)
    hero, secret = session.exec(select(Hero, Hero.secret_name).where(Hero.name == "b")).one()
    assert (hero.name, secret) == ("b", "B")
    with pytest.raises(sa.exc.MultipleResultsFound):
        session.exec(select(Hero)).one()


def test_relationships_on_both_sides(session):
    team = Team(name="Z", heroes=[Hero(name="a", secret_name="A"), Hero(name="b", secret_name="B")])
    session.add(team)
    session.commit()
    hero = session.exec(select(Hero).where(Hero.name == "a")).one()
    assert hero.team is team
    team.heroes.remove(hero)
    session.commit()
    session.refresh(hero)
    assert hero.team_id is None and hero.team is None
    assert session.exec(select(Hero, Team).join(Team, isouter=True).order_by(Hero.id)).all()[0] == (hero, None)


def test_many_to_many_with_a_row_of_its_own(session):
    hero, team = Hero(name="a", secret_name="A"), Team(name="Z")
    session.add(Link(team=team, hero=hero, is_training=True))
    session.commit()
    assert hero.team_links[0].team.name == "Z"
    assert [link.is_training for link in team.hero_links] == [True]


def test_objects_show_their_values_and_nothing_else(session):
    hero = Hero(name="a", secret_name="A")
    assert repr(hero) == "Hero(name='a', secret_name='A', age=None, team_id=None, id=None)"
    hero.team = Team(name="Z")
    session.add(hero)
    session.commit()
    session.refresh(hero)
    assert hero.model_dump() == {"name": "a", "age": None, "team_id": 1, "id": 1, "secret_name": "A"}
    assert hero.model_dump_json(include={"name"}) == '{"name":"a"}'
    assert hero.team.model_dump() == {"id": 1, "name": "Z"}


def test_tables_have_what_the_fields_say(engine):
    columns = {column["name"]: column for column in sa.inspect(engine).get_columns("hero")}
    assert set(columns) == {"name", "age", "team_id", "id", "secret"}
    assert columns["name"]["type"].length == 20 and not columns["name"]["nullable"]
    assert {index["name"] for index in sa.inspect(engine).get_indexes("hero")} == {"ix_hero_name", "ix_hero_age"}


def test_input_is_checked_where_the_model_is_no_table():
    with pytest.raises(ValidationError):
        HeroCreate.model_validate({"name": "much too long for a name of twenty", "secret_name": "x"})
    assert Hero.model_validate(HeroCreate(name="a", secret_name="A"), update={"age": 3}).age == 3
