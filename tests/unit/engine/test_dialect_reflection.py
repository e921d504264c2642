"""What reflection asks of a dialect: SQLite answers all of it, and who cannot answer says so."""

from __future__ import annotations

import inspect as signatures
from typing import Any, NotRequired, get_origin, get_type_hints

import pytest

import azoth
from azoth import exc, inspect
from azoth.dialects.sqlite.reflection import SQLiteReflection
from azoth.engine.dialect_base import reflected
from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.dialect_base.reflection import DialectReflection, NoReflection

QUESTIONS = sorted(name for name in vars(DialectReflection) if name.startswith(("get_", "has_")))
SUBJECTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(QUESTIONS, ("t",)),
    **{name: () for name in QUESTIONS if name.endswith("_names")},
}


class Mute(DefaultDialect):
    """A dialect in which nobody has written reflection."""

    name = "mute"


class Partial(Mute):
    """A dialect that knows the names of tables."""

    def get_table_names(self, connection: Any, schema: str | None = None, **options: Any) -> list[str]:
        return ["t"]


def inspector_with(engine: azoth.Engine, dialect: DefaultDialect) -> Any:
    inspector = inspect(engine)
    inspector.dialect = dialect
    return inspector


def test_there_are_questions() -> None:
    assert len(QUESTIONS) == 17


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("answering", [SQLiteReflection, NoReflection])
def test_each_question_is_answered_in_the_form_of_the_protocol(answering: type[Any], question: str) -> None:
    asked = signatures.signature(getattr(DialectReflection, question))
    answered = signatures.signature(getattr(answering, question))
    assert answered == asked


@pytest.mark.parametrize("question", [name for name in QUESTIONS if name != "get_materialized_view_names"])
def test_a_dialect_without_reflection_says_so(engine: azoth.Engine, question: str) -> None:
    inspector = inspector_with(engine, Mute())
    with pytest.raises(exc.InvalidRequestError, match=r"the dialect 'mute' cannot tell \w+") as caught:
        getattr(inspector, question)(*SUBJECTS[question])
    assert caught.value.code == "AZ-E33"
    assert caught.value.why and caught.value.fix


def test_materialized_views_are_none_where_the_dialect_knows_nothing_of_them(engine: azoth.Engine) -> None:
    assert inspector_with(engine, Mute()).get_materialized_view_names() == []
    assert inspect(engine).get_materialized_view_names() == []


def test_a_dialect_that_answers_some_questions_refuses_the_others_clearly(engine: azoth.Engine) -> None:
    inspector = inspector_with(engine, Partial())
    assert inspector.get_table_names() == ["t"]
    with pytest.raises(exc.InvalidRequestError, match="cannot tell the columns of a table"):
        inspector.get_columns("t")
    with pytest.raises(exc.InvalidRequestError, match="cannot tell the foreign keys of a table"):
        inspector.get_sorted_table_and_fkc_names()


def test_reading_a_table_through_such_a_dialect_is_refused_as_clearly(engine: azoth.Engine) -> None:
    metadata = azoth.MetaData()
    with pytest.raises(exc.InvalidRequestError, match="cannot tell the columns of a table"):
        azoth.Table("t", metadata, autoload_with=inspector_with(engine, Partial()))
    assert not metadata.tables


def test_has_table_of_a_connection_is_refused_too(engine: azoth.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.connect() as connection:
        monkeypatch.setattr(connection, "dialect", Mute())
        with pytest.raises(exc.InvalidRequestError, match="cannot tell whether a table exists"):
            connection.has_table("t")


FORMS = {
    "get_columns": reflected.ReflectedColumn,
    "get_pk_constraint": reflected.ReflectedPrimaryKeyConstraint,
    "get_foreign_keys": reflected.ReflectedForeignKeyConstraint,
    "get_indexes": reflected.ReflectedIndex,
    "get_unique_constraints": reflected.ReflectedUniqueConstraint,
    "get_check_constraints": reflected.ReflectedCheckConstraint,
    "get_table_comment": reflected.ReflectedTableComment,
}


@pytest.mark.parametrize("question", FORMS)
def test_answers_have_the_keys_of_their_types(engine: azoth.Engine, question: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE p (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TABLE t (id INTEGER CONSTRAINT k PRIMARY KEY, a INTEGER DEFAULT 3 UNIQUE, b INTEGER CHECK (b > 0),"
            " c INTEGER GENERATED ALWAYS AS (a + 1) STORED, p_id INTEGER REFERENCES p (id) ON DELETE CASCADE)"
        )
        connection.exec_driver_sql("CREATE INDEX i ON t (a, b + 1) WHERE a > 1")
    answer = getattr(inspect(engine), question)("t")
    form = FORMS[question]
    hints = get_type_hints(form, include_extras=True)
    required = {name for name, hint in hints.items() if get_origin(hint) is not NotRequired}
    parts = answer if isinstance(answer, list) else [answer]
    assert required
    assert parts
    for part in parts:
        assert required <= part.keys() <= hints.keys()


def test_changing_an_answer_does_not_change_the_next_one(engine: azoth.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER UNIQUE)")
    inspector = inspect(engine)
    inspector.get_columns("t")[0]["name"] = "changed"
    inspector.get_pk_constraint("t")["name"] = "changed"
    for question in ("get_columns", "get_unique_constraints"):
        getattr(inspector, question)("t").clear()
    assert [column["name"] for column in inspector.get_columns("t")] == ["id", "a"]
    assert inspector.get_pk_constraint("t")["name"] is None
    assert len(inspector.get_unique_constraints("t")) == 1
