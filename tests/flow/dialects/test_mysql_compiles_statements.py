"""Statements with MySQL's and MariaDB's constructs have their SQL, without a driver or a server."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import exc, func, select
from azoth.dialects import mariadb, mysql
from azoth.schema import CreateTable

DIALECTS = {"mysql": mysql.dialect(), "mariadb": mariadb.dialect()}

metadata = azoth.MetaData()
post = azoth.Table(
    "post",
    metadata,
    azoth.Column("id", mysql.INTEGER(unsigned=True), primary_key=True),
    azoth.Column("title", mysql.VARCHAR(80, charset="utf8mb4", collation="utf8mb4_bin"), nullable=False),
    azoth.Column("flags", mysql.SET("new", "hot"), comment="what is shown"),
    azoth.Column("made", mysql.TIMESTAMP(fsp=6), server_default=func.now()),
    mysql_engine="InnoDB",
    mariadb_engine="Aria",
    comment="it's text",
)
author = azoth.Table(
    "author",
    metadata,
    azoth.Column("id", azoth.Integer, primary_key=True),
    azoth.Column("post_id", azoth.ForeignKey("post.id")),
    azoth.Column("name", azoth.String(20)),
)


def sql(statement: Any, dialect: str = "mysql", **options: Any) -> str:
    return " ".join(str(statement.compile(dialect=DIALECTS[dialect], **options)).split())


def test_a_table_has_its_options_comments_and_attributes() -> None:
    assert sql(CreateTable(post)) == (
        "CREATE TABLE post ( id INTEGER UNSIGNED NOT NULL AUTO_INCREMENT, "
        "title VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, "
        "flags SET('new','hot') COMMENT 'what is shown', made TIMESTAMP(6) NULL DEFAULT (now()), "
        "PRIMARY KEY (id) )ENGINE=InnoDB COMMENT='it''s text'"
    )


def test_the_options_for_mariadb_are_its_own() -> None:
    assert sql(CreateTable(post), "mariadb").endswith(")ENGINE=Aria COMMENT='it''s text'")


def test_a_duplicate_key_updates_the_row() -> None:
    new = mysql.insert(post).values(id=1, title="x")
    statement = new.on_duplicate_key_update(title=func.concat(new.inserted.title, post.c.title), flags={"hot"})
    assert sql(statement) == (
        "INSERT INTO post (id, title) VALUES (%s, %s) ON DUPLICATE KEY UPDATE "
        "title = concat(VALUES(title), post.title), flags = %s"
    )


def test_a_newer_server_gives_the_new_row_a_name() -> None:
    dialect = mysql.dialect()
    dialect.names_the_new_row = True
    new = mysql.insert(post).values(title="x")
    text = str(new.on_duplicate_key_update(title=new.inserted.title).compile(dialect=dialect))
    assert text.endswith("VALUES (%s) AS new ON DUPLICATE KEY UPDATE title = new.title")


def test_an_update_of_two_tables_sets_columns_of_both() -> None:
    both = azoth.update(post).values({post.c.title: author.c.name, author.c.name: "x"})
    assert sql(both.where(post.c.id == author.c.post_id)) == (
        "UPDATE post, author SET post.title=author.name, author.name=%s WHERE post.id = author.post_id"
    )


def test_a_join_is_updated() -> None:
    joined = post.join(author, post.c.id == author.c.post_id)
    assert sql(azoth.update(joined).values({post.c.title: "x"})) == (
        "UPDATE post INNER JOIN author ON post.id = author.post_id SET post.title=%s"
    )


def test_rows_are_deleted_by_what_another_table_says() -> None:
    statement = azoth.delete(post).where(post.c.id == author.c.post_id, author.c.name == "x")
    assert sql(statement) == ("DELETE FROM post USING post, author WHERE post.id = author.post_id AND author.name = %s")


def test_mariadb_returns_rows_and_mysql_refuses() -> None:
    statement = azoth.insert(post).values(title="x").returning(post.c.id)
    assert sql(statement, "mariadb") == "INSERT INTO post (title) VALUES (%s) RETURNING post.id"
    with pytest.raises(exc.CompileError, match="no RETURNING"):
        sql(statement)


def test_newer_servers_lock_tables_by_name() -> None:
    dialect = mysql.dialect()
    dialect.supports_for_share = dialect.supports_for_update_of = True
    statement = select(post.c.id).with_for_update(read=True, of=post, nowait=True)
    assert str(statement.compile(dialect=dialect)).endswith(" FOR SHARE OF post NOWAIT")
    assert sql(statement).endswith(" LOCK IN SHARE MODE NOWAIT")


def test_words_of_a_set_travel_as_text_or_as_a_number() -> None:
    dialect = DIALECTS["mysql"]
    plain, bits = mysql.SET("a", "b", "c"), mysql.SET("a", "b", "", retrieve_as_bitwise=True)
    assert plain.bind_processor(dialect)({"c", "a"}) == "a,c"
    assert plain.result_processor(dialect)("a,c") == {"a", "c"}
    assert plain.result_processor(dialect)("") == set()
    assert bits.bind_processor(dialect)({"", "a"}) == 5
    assert bits.result_processor(dialect)(6) == {"b", ""}


def test_bits_are_read_as_a_number() -> None:
    assert mysql.BIT(12).result_processor(DIALECTS["mysql"])(b"\x01\x02") == 258


@pytest.mark.parametrize("dialect", DIALECTS)
def test_regular_expressions_have_flags(dialect: str) -> None:
    text = sql(post.c.title.regexp_replace("a", "b", flags="i"), dialect)
    assert (
        text
        == {
            "mysql": "REGEXP_REPLACE(post.title, %s, %s, 'i')",
            "mariadb": "REGEXP_REPLACE(post.title, CONCAT('(?', 'i', ')', %s), %s)",
        }[dialect]
    )


@pytest.mark.parametrize(
    "make,match",
    [
        (lambda: mysql.DOUBLE(5), "precision and scale"),
        (lambda: mysql.SET("a", ""), "empty word"),
        (lambda: sql(CreateTable(azoth.Table("q", azoth.MetaData(), azoth.Column("a", azoth.String)))), "length"),
        (lambda: mysql.match(against="x"), "needs columns"),
        (lambda: mysql.insert(post).on_duplicate_key_update({"id": 1}, title="x"), "one dictionary or list"),
        (lambda: mysql.insert(post).on_duplicate_key_update(nothing=1), "no column 'nothing'"),
        (lambda: sql(select(post.c.id).distinct(post.c.title)), "no DISTINCT ON"),
        (lambda: sql(select(post.c.id).fetch(5, with_ties=True)), "ties"),
        (lambda: azoth.Index("i", "a", mysql_lenght=5), "not accepted by dialect 'mysql'"),
        (lambda: azoth.create_engine("mariadb+strangesql://u@h/db"), "is not known"),
        (lambda: mysql.dialect(is_mariadb=True), "is not that of MariaDB"),
        (lambda: mariadb.dialect(is_mariadb=False), "is that of MariaDB"),
    ],
)
def test_what_is_wrong_is_refused_with_a_reason(make: Any, match: str) -> None:
    with pytest.raises(exc.SQLAlchemyError, match=match):
        make()
