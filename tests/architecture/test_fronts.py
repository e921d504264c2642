"""Public names stand once, as imports: what else the modules that hand them on say is written from these."""

from __future__ import annotations

import ast
import shutil
from importlib import import_module
from pathlib import Path

import pytest

from scripts.facades import MARK, SOURCE, Front, FrontError, fronts, main
from tests.architecture.source import modules

FRONTS = tuple(fronts())

LATE = '''"""A front."""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.front import part as part
    from azoth.home import Thing, THING
    from azoth.other_home import _private, thing2, thing10
else:
    __getattr__ = None

'''


def front(text: str) -> Front:
    return Front("azoth.front", Path("front.py"), text)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A source folder with two fronts, one of each kind."""
    for name in ("azoth/orm/state.py", "azoth/sql/schema/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copy(SOURCE / name, tmp_path / name)
    return tmp_path


def test_what_is_written_follows_from_the_imports() -> None:
    assert main(["--check"]) is None


def test_modules_that_only_hand_names_on_bear_the_mark() -> None:
    by_hand = {module.name for module in modules() if _only_hands_on(module.tree)} - {front.module for front in FRONTS}
    assert by_hand == set()
    assert len(FRONTS) > 30


@pytest.mark.parametrize("front", FRONTS, ids=lambda front: front.module)
def test_every_name_of_a_front_is_there(front: Front) -> None:
    module = import_module(front.module)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert len(module.__all__) == len(set(module.__all__))


@pytest.mark.parametrize("front", FRONTS, ids=lambda front: front.module)
def test_a_front_brings_its_names_with_a_star(front: Front) -> None:
    names: dict[str, object] = {}
    exec(f"from {front.module} import *", names)
    assert set(names) - {"__builtins__"} == set(import_module(front.module).__all__)


@pytest.mark.parametrize(
    "name, line, longer",
    [
        ("azoth/orm/state.py", "import InstanceState\n", "import InstanceState, state_of\n"),
        ("azoth/sql/schema/__init__.py", "import Table\n", "import Table, table_text\n"),
    ],
)
def test_a_name_that_is_added_and_not_written_fails_the_check(
    checkout: Path, name: str, line: str, longer: str
) -> None:
    assert main(["--check"], checkout) is None
    changed = checkout / name
    assert line in changed.read_text()
    changed.write_text(changed.read_text().replace(line, longer))
    before = changed.read_text()

    complaint = main(["--check"], checkout)

    assert complaint is not None
    assert complaint.splitlines() == ["not what their imports say; run scripts/facades:", f"  {name}"]
    assert changed.read_text() == before, "a check changes nothing"
    assert main([], checkout) is None
    assert main(["--check"], checkout) is None
    assert longer.rpartition(" ")[2].strip() in changed.read_text().partition(MARK)[2]


def test_a_late_front_gets_its_list_and_where_each_name_is_at_home() -> None:
    by_hand, _, written = front(LATE + MARK + "whatever stood here\n").written().partition(MARK)
    assert by_hand == LATE
    assert written.splitlines() == [
        '__all__ = ["THING", "Thing", "thing2", "thing10"]',
        "_HOMES = {",
        '    "azoth.front": ("part",),',
        '    "azoth.home": ("Thing", "THING"),',
        '    "azoth.other_home": ("thing2", "thing10"),',
        "}",
        '"""Where each name is at home."""',
    ]


def test_a_front_without_late_names_gets_its_list() -> None:
    text = "from typing import Any\nfrom azoth.home import filler as _filler, thing as other\n\nassert _filler\n\n"
    assert front(text + MARK).written() == text + MARK + '__all__ = ["other"]\n'


def test_long_lists_are_filled_up_to_the_width_of_a_line() -> None:
    names = [f"a_name_of_some_length_{number}" for number in range(20)]
    written = front(f"from azoth.home import {', '.join(names)}\n" + MARK).written().partition(MARK)[2]
    assert max(len(line) for line in written.splitlines()) <= 120
    assert written.endswith("]  # fmt: skip\n")
    assert ast.literal_eval(written.partition("=")[2].partition("#")[0].strip()) == names


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("from azoth.home import thing\nfrom azoth.other import thing\n", "'thing' is listed twice"),
        (LATE.replace("THING\n", "THING as OTHER\n"), "'THING' cannot be handed on as 'OTHER'"),
        ("import azoth.home\n", "no name is listed"),
    ],
)
def test_what_nobody_can_have_meant_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(FrontError, match=complaint):
        front(text + MARK).written()


def test_a_late_name_cannot_be_that_of_a_module_beside_it(checkout: Path) -> None:
    """Whoever imports the module first would find it under the name."""
    package = checkout / "azoth" / "front"
    package.mkdir()
    (package / "thing.py").touch()
    (package / "__init__.py").write_text(LATE.replace("Thing, THING", "thing") + MARK)
    assert (
        main([], checkout)
        == f"{package / '__init__.py'}: 'thing' has the name of a module, which would stand in its place"
    )


def test_a_front_of_both_kinds_lists_all_names_and_the_homes_of_the_late_ones() -> None:
    eager = "from azoth.near_home import near\nfrom azoth.util.late_names import late_names\n"
    written = front(eager + LATE + MARK).written().partition(MARK)[2]
    assert written.splitlines()[0] == '__all__ = ["THING", "Thing", "near", "thing2", "thing10"]'
    assert "near_home" not in written


def test_the_command_tells_what_is_wrong(checkout: Path) -> None:
    assert main(["--chekc"], checkout) == "usage: scripts/facades [--check]"
    (checkout / "azoth" / "empty.py").write_text(MARK)
    assert main([], checkout) == f"{checkout / 'azoth' / 'empty.py'}: no name is listed"


def _only_hands_on(tree: ast.Module) -> bool:
    """Tell whether all public names of a module come from others."""
    imported: set[str] = set()
    public: set[str] = set()
    for node in tree.body:
        for statement in node.body if isinstance(node, ast.If) else [node]:
            if isinstance(statement, ast.ImportFrom):
                imported.update(alias.asname or alias.name for alias in statement.names)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            public.update(ast.literal_eval(node.value))
    return bool(public) and public <= imported
