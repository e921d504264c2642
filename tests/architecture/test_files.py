"""How files are named, how long they are, what each must have."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, Module, modules

SHAPELESS_NAMES = {"utils", "helpers", "common", "misc", "util_functions", "stuff", "base_utils", "shared"}
MAXIMUM_LINES = 600
SCRIPTS = [ROOT / "scripts" / name for name in ("tour", "test", "check", "bench")] + [ROOT / ".ci" / "run"]


def test_no_file_is_longer_than_six_hundred_lines() -> None:
    long = {module.name: lines for module in modules() if (lines := module.text.count("\n")) > MAXIMUM_LINES}
    assert long == {}


def test_files_are_named_after_a_concept() -> None:
    shapeless = [module.name for module in modules() if SHAPELESS_NAMES & set(module.name.split("."))]
    assert shapeless == []


def test_every_module_says_what_it_is() -> None:
    silent = [module.name for module in modules() if not ast.get_docstring(module.tree)]
    assert silent == []


def test_every_module_defers_its_annotations() -> None:
    missing = [module.name for module in modules() if _has_code(module) and not _defers_annotations(module)]
    assert missing == []


def test_types_are_shipped() -> None:
    assert (ROOT / "src" / "azoth" / "py.typed").exists()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_script_can_be_run_and_stops_at_errors(script: Path) -> None:
    lines = script.read_text(encoding="utf-8").splitlines()
    assert os.access(script, os.X_OK)
    assert lines[0] in {"#!/bin/sh", "#!/usr/bin/env bash"}
    assert any(line.startswith("set -eu") for line in lines)


def _has_code(module: Module) -> bool:
    return any(not isinstance(node, ast.Expr) for node in module.tree.body)


def _defers_annotations(module: Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in module.tree.body
    )
