"""CreateEnginePlugin: what takes part in create_engine() because a URL or a program names it."""

from __future__ import annotations

import importlib.metadata
from typing import Any

import pytest

from azoth import create_engine, event, make_url, text
from azoth.dialects import plugins
from azoth.engine import CreateEnginePlugin
from azoth.exc import ArgumentError, NoSuchModuleError
from azoth.pool import StaticPool

pytestmark = pytest.mark.sqlite_only("the plugins look at the arguments of SQLite's dialect")


class Noting(CreateEnginePlugin):
    """Takes its own options out, changes those of dialect and pool, and listens to the engine."""

    made: list[Noting] = []

    def __init__(self, url: Any, kwargs: dict[str, Any]) -> None:
        super().__init__(url, kwargs)
        self.word = url.query.get("word") or kwargs.pop("word", None)
        self.statements: list[str] = []
        self.made.append(self)

    def update_url(self, url: Any) -> Any:
        return url.difference_update_query(["word"])

    def handle_dialect_kwargs(self, dialect_cls: Any, dialect_args: dict[str, Any]) -> None:
        assert dialect_cls.name == "sqlite"
        dialect_args["foreign_keys"] = True

    def handle_pool_kwargs(self, pool_cls: Any, pool_args: dict[str, Any]) -> None:
        assert pool_cls is StaticPool
        pool_args["logging_name"] = "noted"

    def engine_created(self, engine: Any) -> None:
        event.listen(engine, "before_cursor_execute", lambda conn, cursor, sql, *rest: self.statements.append(sql))


@pytest.fixture(autouse=True)
def noted() -> list[Noting]:
    plugins.register("noting", __name__, "Noting")
    Noting.made.clear()
    return Noting.made


@pytest.mark.parametrize(
    "url, arguments",
    [("sqlite://?plugin=noting&word=hello", {}), ("sqlite://", {"plugins": ["noting"], "word": "hello"})],
    ids=["url", "arguments"],
)
def test_a_plugin_takes_part(url: str, arguments: dict[str, Any], noted: list[Noting]) -> None:
    engine = create_engine(url, poolclass=StaticPool, **arguments)
    (plugin,) = noted
    assert plugin.word == "hello"
    assert str(engine.url) == "sqlite://"
    assert engine.pool.logging_name == "noted"
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    assert plugin.statements == ["PRAGMA foreign_keys"]
    engine.dispose()


def test_plugins_of_a_url_and_of_the_program_come_in_order(noted: list[Noting]) -> None:
    engine = create_engine("sqlite://?plugin=noting&plugin=noting", plugins=["noting"], poolclass=StaticPool)
    assert [plugin.word for plugin in noted] == [None, None, None]
    assert "plugin" not in engine.url.query
    engine.dispose()


def test_a_plugin_is_found_by_an_entry_point(monkeypatch: pytest.MonkeyPatch, noted: list[Noting]) -> None:
    point = importlib.metadata.EntryPoint("installed", f"{__name__}:Noting", "sqlalchemy.plugins")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [point] if group == point.group else [])
    create_engine("sqlite://?plugin=installed", poolclass=StaticPool).dispose()
    assert len(noted) == 1


def test_what_nobody_takes_is_refused() -> None:
    with pytest.raises(NoSuchModuleError, match="the plugin 'unheard' is not known"):
        create_engine("sqlite://?plugin=unheard")
    with pytest.raises(ArgumentError, match="no argument 'word'"):
        create_engine("sqlite://", word="hello")
    base = CreateEnginePlugin(make_url("sqlite://?a=b"), {})
    assert base.update_url(base.url) is base.url
