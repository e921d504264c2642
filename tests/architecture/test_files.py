"""How files are named, how long they are, what each must have."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, Module, imports, modules

SHAPELESS_NAMES = {"utils", "helpers", "common", "misc", "util_functions", "stuff", "base_utils", "shared"}
MAXIMUM_LINES = 600
MOST_NAMES_IN_A_FOLDER = 14
SMALL_FILE_LINES = 40

FULL_FOLDERS = {
    "azoth": "import paths that programs know: events, exc, inspection, log, schema, types, ...",
    "azoth.engine": "import paths that programs know: url, row, result, reflection, events, create, mock, ...",
    "azoth.orm": "import paths that programs know: attributes, collections, interfaces, session, ...",
    "azoth.orm.loading": "one subject; its nine floors read from the options down to the row loader",
    "azoth.sql": "import paths that programs know: compiler, ddl, dml, elements, functions, operators, visitors, ...",
    "azoth.sql.elements": "one file per kind of expression; the listing is the list of kinds",
    "azoth.sql.selectable": "one file per kind of thing to select from; the listing is the list of kinds",
    "azoth.util": "one file per tool; the listing is the list of tools",
    "azoth.sql.types": "one file per family of types; the listing is the list of families",
}
"""Folders that may list more names, and why."""

SMALL_FILES = {
    "azoth.dialects.mssql.pyodbc": "an import path that programs know",
    "azoth.dialects.sqlite.dml": "an import path that programs know",
    "azoth.dialects.sqlite.preparer": "every dialect has its quoting there",
    "azoth.orm.mapping.attributes.queried_relationship_attribute": "comes with the first of such relationships",
    "azoth.orm.mapping.mapper.attribute_names": "a rule about what users may write, with its error",
    "azoth.orm.sharding.classic_sharding": "the constructor of the classic era, of a class with the same name",
    "azoth.orm.runtime.instrumentation.instance_key": "a descriptor of the classic era alone",
    "azoth.sql.elements.annotations": "types that the users of expressions write",
    "azoth.sql.selectable.reduced_columns": "one method of Select, whose file is long",
    "azoth.sql.selectable.typed_columns": "what checkers see of a table, and nothing of how one works",
    "azoth.testing.faults.leftovers": "one kind of what the kit looks for",
    "azoth.util.distribution": "the one place of the distribution's name",
}
"""Small files that only one other file uses, and why they stand alone."""

SCRIPTS = [ROOT / "scripts" / name for name in ("tour", "test", "check", "bench", "facades", "doctor", "servers")] + [
    ROOT / ".ci" / "run"
]


def test_no_file_is_longer_than_six_hundred_lines() -> None:
    long = {module.name: lines for module in modules() if (lines := module.text.count("\n")) > MAXIMUM_LINES}
    assert long == {}


def test_files_are_named_after_a_concept() -> None:
    shapeless = [module.name for module in modules() if SHAPELESS_NAMES & set(module.name.split("."))]
    assert shapeless == []


def test_a_folder_lists_few_names() -> None:
    """A reader takes in about a dozen names at a glance; more are rooms that nobody has drawn."""
    full = {folder: len(names) for folder, names in _folders().items() if len(names) > MOST_NAMES_IN_A_FOLDER}
    assert {folder: count for folder, count in full.items() if folder not in FULL_FOLDERS} == {}
    assert set(FULL_FOLDERS) - set(full) == set(), "no longer full: take it off the list"


def test_a_small_file_has_two_readers() -> None:
    """What only one other file uses, and is small, belongs into that file."""
    lonely = {
        module.name: sorted(readers)
        for module in modules()
        if module.name not in SMALL_FILES
        and _is_small(module)
        and len(readers := imports().find_modules_that_directly_import(module.name)) < 2
    }
    assert lonely == {}
    assert set(SMALL_FILES) - {module.name for module in modules() if _is_small(module)} == set(), "no longer small"


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


def _folders() -> dict[str, set[str]]:
    folders: dict[str, set[str]] = {}
    for module in modules():
        folder, _, name = module.name.rpartition(".")
        folders.setdefault(folder, set()).add(name)
    return folders


def _is_small(module: Module) -> bool:
    """Tell whether a file is small, and neither a package's front nor one that only hands names on."""
    return (
        module.text.count("\n") < SMALL_FILE_LINES
        and module.path.name != "__init__.py"
        and any(isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Assign | ast.AnnAssign) for node in _body(module))
    )


def _body(module: Module) -> list[ast.stmt]:
    """Give a module's statements, without what hands on the names of other modules."""
    handing_on = {"__all__", "TYPE_CHECKING", "_HOMES"}
    return [
        node
        for node in module.tree.body
        if not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in handing_on)
    ]


def _has_code(module: Module) -> bool:
    return any(not isinstance(node, ast.Expr) for node in module.tree.body)


def _defers_annotations(module: Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in module.tree.body
    )
