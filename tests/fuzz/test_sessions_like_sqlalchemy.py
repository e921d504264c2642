"""Random sessions do the same on azoth and on SQLAlchemy, but for what is meant to differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from azoth.orm import Session
from tests.fuzz.models import Column, Entity, Model
from tests.fuzz.program import program
from tests.fuzz.rules import RULES
from tests.fuzz.run import Finding, run
from tests.fuzz.source import model_source
from tests.fuzz.steps import Sequence, Settings, Step

DIFFERENCES = Path(__file__).parents[2] / "docs" / "differences.md"


@pytest.mark.slow
def test_random_sessions_do_the_same() -> None:
    report = run(seed=1, count=60)
    assert report.sequences == 60
    for finding in report.findings[:1]:
        pytest.fail(f"{finding.title}\n{finding.minimised(30)}")


def test_each_difference_that_is_meant_is_told() -> None:
    told = DIFFERENCES.read_text(encoding="utf-8")
    assert [rule.name for rule in RULES if f"\n- {rule.name}".lower() not in told.lower()] == []


def test_a_difference_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that commits where it should roll back; the program that shows it has no more than it needs."""
    monkeypatch.setattr(Session, "rollback", Session.commit)
    entity = Entity("Ant", columns=(Column("name"), Column("size", "Integer"), Column("code", unique=True)))
    model = Model((entity, Entity("Bee", columns=(Column("name"),))))
    steps = (
        Step("new", "s.add(a1)", ("a1",), "Ant", (("name", "'a'"), ("size", "1"))),
        Step("new", "s.add(b2)", ("b2",), "Bee", (("name", "'b'"),)),
        Step("flush", "s.flush()"),
        Step("read", "b2.name"),
        Step("rollback", "s.rollback()"),
        Step("query", "q3 = s.scalars(select(Ant)).all()", ("q3",)),
    )
    text = _found(model, steps).minimised(30)
    assert "s.rollback()" in text
    assert text.count("s.add(") == 1
    assert "'query'" not in text
    assert text.count("(Base):") == 1
    assert "size = " not in text


def test_a_difference_is_a_program_that_runs(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(Session, "expire_all", lambda session: None)
    model = Model((Entity("Ant", columns=(Column("name"),)),))
    steps = (
        Step("new", "s.add(a1)", ("a1",), "Ant", (("name", "'a'"),)),
        Step("commit", "s.commit()"),
        Step("update rows", "s.connection().execute(update(Ant.__table__).values(name='b'))"),
        Step("read", "a1.name"),
        Step("expire", "s.expire_all()"),
        Step("read", "a1.name"),
    )  # fmt: skip
    finding = _found(model, steps)
    assert (finding.difference.expected, finding.difference.found) == ("b", "a")
    monkeypatch.setattr("sys.argv", ["program", "azoth"])
    code = program(finding.model, finding.sequence, finding.difference)
    exec(compile(code, "<program>", "exec"), {"__name__": "program"})
    assert "a1.name   ->   a\n" in capsys.readouterr().out


def _found(model: Model, steps: tuple[Step, ...]) -> Finding:
    sequence = Sequence(Settings(expire_on_commit=False), steps)
    finding = Finding.of(model, sequence)
    assert finding is not None
    return finding


def test_a_step_leaves_out_values_that_the_model_does_not_have() -> None:
    step = Step("new", "", ("a1",), "Ant", (("name", "'a'"), ("gone", "1")))
    model = Model((Entity("Ant", columns=(Column("name"),)),))
    assert step.source(model) == "a1 = Ant(name='a')"
    assert "name = mapped_column(String)" in model_source(model)
