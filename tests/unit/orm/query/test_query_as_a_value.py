"""What SQL a query stands for, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, func, select
from azoth.orm import Query, aliased, declarative_base, relationship

Base: Any = declarative_base()


class Band(Base):
    __tablename__ = "bands"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    songs = relationship("Song", back_populates="band")


class Song(Base):
    __tablename__ = "songs"
    id = Column(Integer, primary_key=True)
    title = Column(String)
    band_id = Column(ForeignKey("bands.id"))
    band = relationship("Band", back_populates="songs")


def sql(query: Any) -> str:
    return " ".join(str(query).split())


def query(*entities: Any) -> Any:
    return Query(entities)


FROM_BANDS = "SELECT bands.id, bands.name FROM bands"


@pytest.mark.parametrize(
    "made, expected",
    [
        (lambda: query(Band), FROM_BANDS),
        (lambda: query(Band).filter(Band.id > 1), f"{FROM_BANDS} WHERE bands.id > :id_1"),
        (
            lambda: query(Band).filter_by(id=1, name="x"),
            f"{FROM_BANDS} WHERE bands.id = :id_1 AND bands.name = :name_1",
        ),
        (lambda: query(Band).filter_by(name=None), f"{FROM_BANDS} WHERE bands.name IS NULL"),
        (lambda: query(Band).order_by(Band.name.desc()), f"{FROM_BANDS} ORDER BY bands.name DESC"),
        (lambda: query(Band).distinct(), "SELECT DISTINCT bands.id, bands.name FROM bands"),
        (lambda: query(Band.name).group_by(Band.name), "SELECT bands.name FROM bands GROUP BY bands.name"),
        (lambda: query(Band).join(Band.songs), f"{FROM_BANDS} JOIN songs ON bands.id = songs.band_id"),
        (lambda: query(Band).join("songs"), f"{FROM_BANDS} JOIN songs ON bands.id = songs.band_id"),
        (lambda: query(Band).outerjoin(Song), f"{FROM_BANDS} LEFT OUTER JOIN songs ON bands.id = songs.band_id"),
        (
            lambda: query(Band).join(aliased(Song), Band.songs),
            f"{FROM_BANDS} JOIN songs AS songs_1 ON bands.id = songs_1.band_id",
        ),
        (
            lambda: query(Song.title).select_from(Band).join(Band.songs),
            "SELECT songs.title FROM bands JOIN songs ON bands.id = songs.band_id",
        ),
        (lambda: query(func.count(Band.id)), "SELECT count(bands.id) AS count_1 FROM bands"),
        (lambda: query(Band).with_entities(Band.name), "SELECT bands.name FROM bands"),
        (lambda: query(Band).exists(), "EXISTS (SELECT 1 FROM bands)"),
        (lambda: query(Band.id).filter_by(name="x"), "SELECT bands.id FROM bands WHERE bands.name = :name_1"),
        (lambda: query(Band).prefix_with("HIGH"), "SELECT HIGH bands.id, bands.name FROM bands"),
    ],
)
def test_sql_of_queries(made: Any, expected: str) -> None:
    assert sql(made()) == expected


def test_methods_leave_the_query_as_it_is() -> None:
    plain = query(Band)
    plain.filter_by(id=1).order_by(Band.id).limit(3)
    assert sql(plain) == FROM_BANDS


def test_slices_make_limits() -> None:
    sliced = query(Band).slice(2, 5).statement
    assert (sliced._limit_clause.value, sliced._offset_clause.value) == (3, 2)
    nested = query(Band).slice(2, 10).slice(1, 3).statement
    assert (nested._limit_clause.value, nested._offset_clause.value) == (2, 3)


def test_query_stands_for_its_statement_in_others() -> None:
    inside = query(Song.band_id).filter_by(title="x")
    assert sql(query(Band).filter(Band.id.in_(inside))) == (
        f"{FROM_BANDS} WHERE bands.id IN (SELECT songs.band_id FROM songs WHERE songs.title = :title_1)"
    )
    assert "IN (SELECT" in sql(select(Band).where(Band.id.in_(inside)))


def test_union_selects_from_a_subquery() -> None:
    text = sql(query(Band.name).union(query(Song.title)).order_by(Band.name))
    assert text.startswith("SELECT anon_1.bands_name")
    assert text.endswith("ORDER BY anon_1.bands_name")


def test_parameters_belong_to_the_query() -> None:
    assert query(Band).params({"x": 1})._params == {"x": 1}
    assert query(Band).params(x=1).params(y=2)._params == {"x": 1, "y": 2}


def test_queries_of_one_class_begin_with_one_statement() -> None:
    assert query(Band)._statement is query(Band)._statement
    assert query(Band)._statement is not query(Song)._statement


def test_attribute_added_later_is_selected() -> None:
    before = query(Band)._statement
    Band.__mapper__.add_property("called", Band.__table__.c.name)
    assert query(Band)._statement is not before
    assert query(Band).filter_by(called="x").whereclause is not None
