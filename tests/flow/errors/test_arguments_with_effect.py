"""Arguments that were once accepted and ignored: each does what SQLAlchemy documents, or is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import exc, select
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    column_property,
    defer,
    deferred,
    load_only,
    mapped_column,
    registry,
    sessionmaker,
    undefer,
)


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    extra = deferred(azoth.Column("extra", azoth.String), raiseload=True, group="rest")
    number: Mapped[int | None] = mapped_column(active_history=True)


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Note(id=1, title="t", body="b", extra="e", number=5))
        session.commit()
        yield session


def refuses(note: Note, key: str) -> None:
    with pytest.raises(exc.InvalidRequestError, match=rf"Note.{key} is not loaded") as caught:
        getattr(note, key)
    assert "raiseload" in caught.value.why


def test_a_deferred_column_with_raiseload_is_not_loaded_when_read(session: Session) -> None:
    note = session.scalars(select(Note)).one()
    for key in ("body", "extra"):
        refuses(note, key)
    assert note.title == "t"


def test_a_query_may_undefer_a_column_with_raiseload(session: Session) -> None:
    note = session.scalars(select(Note).options(undefer(Note.body))).one()
    assert note.body == "b"
    refuses(note, "extra")


def test_load_only_with_raiseload_refuses_the_others(session: Session) -> None:
    note = session.scalars(select(Note).options(load_only(Note.title, raiseload=True))).one()
    assert (note.id, note.title) == (1, "t")
    refuses(note, "number")


def test_load_only_without_raiseload_loads_the_others_when_read(session: Session) -> None:
    note = session.scalars(select(Note).options(load_only(Note.title))).one()
    assert note.number == 5


def test_defer_with_raiseload_refuses_the_column(session: Session) -> None:
    refuses(session.scalars(select(Note).options(defer(Note.title, raiseload=True))).one(), "title")


def test_raiseload_without_deferring_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="raiseload would have no effect"):
        column_property(azoth.Column("x", azoth.Integer), raiseload=True)


def test_active_history_loads_the_old_value_of_an_expired_attribute(session: Session) -> None:
    note = session.get(Note, 1)
    assert note is not None
    session.expire(note)
    note.number = 6
    assert azoth.inspect(note).attrs.number.history == ([6], (), [5])


def test_a_session_that_closes_for_good_can_do_nothing_more(engine: azoth.Engine) -> None:
    session = Session(engine, close_resets_only=False)
    session.execute(azoth.text("SELECT 1"))
    session.reset()
    session.execute(azoth.text("SELECT 1"))
    session.close()
    for act in (session.begin, lambda: session.execute(azoth.text("SELECT 1")), lambda: session.add(Note())):
        with pytest.raises(exc.InvalidRequestError, match="permanently closed") as caught:
            act()
        assert "close_resets_only=False" in caught.value.why
    session.close()


def test_a_session_is_used_again_after_close_by_default(engine: azoth.Engine) -> None:
    session = Session(engine)
    session.close()
    assert session.scalar(azoth.text("SELECT 1")) == 1
    session.close()


def test_subtransactions_belong_to_classic_sessions(engine: azoth.Engine) -> None:
    with pytest.raises(exc.ArgumentError, match="subtransactions"):
        Session(engine).begin(subtransactions=True)
    classic = Session(engine, autocommit=False)
    classic.begin(subtransactions=True).commit()
    classic.close()


SETTLED = [("always_refresh", True), ("non_primary", True), ("save_on_init", False)]


@pytest.mark.parametrize("option, value", SETTLED)
def test_options_of_mappings_without_effect_are_refused(option: str, value: bool) -> None:
    table = azoth.Table("t", azoth.MetaData(), azoth.Column("id", azoth.Integer, primary_key=True))
    with pytest.raises(exc.ArgumentError, match=f"{option}={value} would have no effect") as caught:
        registry().map_imperatively(type("Z", (), {}), table, **{option: value})
    assert caught.value.why
    assert caught.value.fix
    registry().map_imperatively(type("Z", (), {}), table, **{option: not value})


ENGINE = [
    ("plugins", ["x"]),
    ("future", False),
    ("encoding", "latin1"),
    ("max_identifier_length", 5),
]


@pytest.mark.sqlite_only("the arguments of engines are looked at without a database")
@pytest.mark.parametrize("name, value", ENGINE)
def test_arguments_of_engines_without_effect_are_refused(name: str, value: Any) -> None:
    with pytest.raises(exc.ArgumentError, match=name) as caught:
        azoth.create_engine("sqlite://", **{name: value})
    assert caught.value.why
    assert "leave it out" in caught.value.fix


@pytest.mark.sqlite_only("the arguments of engines are looked at without a database")
def test_arguments_of_engines_that_change_nothing_are_accepted() -> None:
    azoth.create_engine("sqlite://", plugins=[], future=True, encoding="utf-8", convert_unicode=True)


@pytest.mark.sqlite_only("rows with keys that the program knows go together there")
@pytest.mark.parametrize(
    "arguments, sent", [({}, 1), ({"insertmanyvalues_page_size": 8}, 8), ({"use_insertmanyvalues": False}, 64)]
)
def test_the_rows_of_one_insert_can_be_limited(arguments: dict[str, Any], sent: int) -> None:
    engine = azoth.create_engine("sqlite://", **arguments)
    statements: list[str] = []
    azoth.event.listen(engine, "before_cursor_execute", lambda *values: statements.append(values[2]))
    entity = registry()
    key = azoth.Column("id", azoth.Integer, primary_key=True)
    table = azoth.Table("t", entity.metadata, key, azoth.Column("made", azoth.Integer, server_default="7"))
    mapped = type("Row", (), {})
    entity.map_imperatively(mapped, table, eager_defaults=True)
    entity.metadata.create_all(engine)
    with Session(engine) as session:
        for number in range(64):
            row = mapped()
            row.id = number
            session.add(row)
        session.commit()
    assert len([one for one in statements if one.startswith("INSERT")]) == sent


@pytest.mark.sqlite_only("the arguments of engines are looked at without a database")
def test_echo_pool_logs_what_the_pool_does(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = azoth.create_engine("sqlite://", echo_pool="debug")
    engine.connect().close()
    shown = caplog.text + "".join(capsys.readouterr())
    assert "connection" in shown.lower()
    engine.dispose()


def test_a_misspelt_setting_of_a_factory_is_refused_when_it_is_made() -> None:
    with pytest.raises(TypeError, match="did you mean 'autoflush'"):
        sessionmaker(autoflsh=False)


@pytest.mark.sqlite_only("the options are those of SQLite")
def test_options_of_other_dialects_are_passed_over() -> None:
    table = azoth.Table(
        "t",
        azoth.MetaData(),
        azoth.Column("id", azoth.Integer, primary_key=True),
        mysql_engine="InnoDB",
        sqlite_strict=True,
    )
    azoth.Index("ix", table.c.id, postgresql_using="hash")
    assert str(azoth.CreateTable(table).compile(azoth.create_engine("sqlite://"))).rstrip().endswith("STRICT")


def test_options_of_a_dialect_of_another_package_are_declared() -> None:
    with pytest.raises(TypeError, match="firebird_tablespace"):
        azoth.Index("ix", "a", firebird_tablespace="x")
    azoth.Index.argument_for("firebird", "tablespace", None)
    assert azoth.Index("ix", "a", firebird_tablespace="x").dialect_options["firebird"] == {"tablespace": "x"}
