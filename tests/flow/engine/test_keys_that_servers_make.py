"""Keys of inserted rows that are no numbers, and made by the database."""

from __future__ import annotations

import pytest

from azoth import Column, Engine, Integer, MetaData, String, Table, insert, select

pytestmark = pytest.mark.sqlite_only("other databases report no number for such rows")

metadata = MetaData()
words = Table(
    "words", metadata, Column("word", String(20), primary_key=True, server_default="hello"), Column("n", Integer)
)
numbers = Table("numbers", metadata, Column("id", Integer, primary_key=True), Column("n", Integer))


def test_the_number_of_a_row_is_not_taken_for_a_key_of_another_type(engine: Engine) -> None:
    metadata.create_all(engine)
    with engine.begin() as connection:
        assert connection.execute(insert(words), {"n": 1}).inserted_primary_key == (None,)
        assert connection.execute(insert(words), {"word": "given", "n": 2}).inserted_primary_key == ("given",)
        assert connection.scalars(select(words.c.word).order_by(words.c.n)).all() == ["hello", "given"]
        assert connection.execute(insert(numbers), {"n": 1}).inserted_primary_key == (1,)
