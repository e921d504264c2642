"""Scenarios of the fault kit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from azoth.testing import faults
from tests.faults.figure import count
from tests.faults.shop import Base, engine_on_file, stock


@pytest.fixture
def survives(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., faults.Report]:
    """Check a scenario on the shop, in a file where nothing else is said."""

    def survives(scenario: Callable[[Any], object], **options: Any) -> faults.Report:
        options.setdefault("make_engine", engine_on_file(tmp_path / "shop.db"))
        options.setdefault("metadata", Base.metadata)
        options.setdefault("setup", stock)
        report = faults.check(scenario, name=request.node.name.removeprefix("test_"), **options)
        count(report)
        assert report.is_complete
        assert len(report.hit) == len(report.calls)
        report.raise_if_broken()
        return report

    return survives
