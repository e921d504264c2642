"""A file is replaced as a whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("libcst")

from azoth.tools.projects.project import replace_file

pytestmark = pytest.mark.sqlite_only("files are looked at, no database")


def test_a_file_that_has_been_changed_meanwhile_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"new")
    assert not replace_file(file, b"old", b"moved")
    assert file.read_bytes() == b"new"


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old")

    def fail(self: Path, target: Path) -> None:
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        replace_file(file, b"old", b"moved")
    assert [found.name for found in tmp_path.iterdir()] == ["a.py"]
    assert file.read_bytes() == b"old"
