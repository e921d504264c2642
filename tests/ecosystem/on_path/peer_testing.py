"""A pytest plugin that lets test suites built on ``sqlalchemy.testing`` run on azoth: ``pytest -p peer_testing``.

That package is a part of SQLAlchemy's distribution; of azoth's the other name has a few assertions only. Its files are
found where the distribution is installed, and run under their own names with the alias in place, so that all they
import from SQLAlchemy is azoth's. What they alone ask of SQLAlchemy's insides is made here.

The folder of this file must be on ``PYTHONPATH``, because suites have packages of their own that are called ``tests``.
"""

from __future__ import annotations

import platform
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from inspect import FullArgSpec
from pathlib import Path
from types import ModuleType
from typing import Final, NoReturn, ParamSpec, TypeVar

import azoth.as_sqlalchemy  # noqa: F401  # what is imported as SQLAlchemy from here on
from azoth.engine import URL
from azoth.other_name.stand_ins.functions import inspect_formatargspec
from azoth.pool import PoolProxiedConnection

PEER: Final = "sqlalchemy"
TESTING: Final = f"{PEER}.testing"
PROVISION: Final = "provision"
"""The module beside a dialect that says how databases for tests are set up."""

Arguments = ParamSpec("Arguments")
ResultT = TypeVar("ResultT")


class PeerTestingFinder:
    """Find the files of ``sqlalchemy.testing``, and those of SQLAlchemy's dialects that belong to it.

    Args:
        folder: where the installed package is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module.

        Args:
            fullname: its path, by which its file is found.
            path: where its package is, which does not matter here.
            target: a module that is loaded again, which does not matter either.
        """
        package, *below = fullname.split(".")
        if below[:1] == ["dialects"] and below[-1] == PROVISION:
            # azoth's dialects ask beside themselves.
            return self._file(fullname, below) if package == PEER else ModuleSpec(fullname, _SameModule())
        if fullname == TESTING or fullname.startswith(f"{TESTING}."):
            return self._file(fullname, below)
        return None

    def _file(self, fullname: str, below: Sequence[str]) -> ModuleSpec | None:
        return PathFinder.find_spec(fullname, [str(self._folder.joinpath(*below[:-1]))])


class _SameModule(Loader):
    """Give a module of azoth's name the one of SQLAlchemy's name."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        _, _, below = spec.name.partition(".")
        return import_module(f"{PEER}.{below}")

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing: it has run."""


class RunsDirectly:
    """What runs tests of asynchronous drivers in an event loop; there are none."""

    def run(
        self, function: Callable[Arguments, ResultT], *arguments: Arguments.args, **keywords: Arguments.kwargs
    ) -> ResultT:
        """Call a function."""
        return function(*arguments, **keywords)

    run_in_greenlet = run

    def close(self) -> None:
        """Close nothing."""


def refuse_to_wait(awaitable: object) -> NoReturn:
    """Refuse: nothing is awaited."""
    raise RuntimeError(f"azoth has no asyncio part yet, and nothing that waits for {awaitable!r}")


def has_compiled_parts(raise_: bool = False) -> bool:
    """Tell whether parts of the library are compiled, which is SQLAlchemy's alone."""
    return False


def warn_at_caller(message: str, category: type[Warning] | None = None, stacklevel: int = 2) -> None:
    """Warn, in the name of the test suite."""
    warnings.warn(message, category, stacklevel=stacklevel + 1)


def written_arguments(spec: FullArgSpec, grouped: bool = True) -> dict[str, str]:
    """Write the arguments of a function: as they stand in its definition, and as they are passed on.

    Args:
        spec: the arguments.
        grouped: whether what is passed on stands in parentheses, too.
    """
    by_keyword = [] if spec.varargs else spec.args[len(spec.args) - len(spec.defaults or ()) :]
    passed = [*spec.args[: len(spec.args) - len(by_keyword)], *([f"*{spec.varargs}"] if spec.varargs else ())]
    passed += [f"{name}={name}" for name in (*by_keyword, *spec.kwonlyargs)]
    passed += [f"**{spec.varkw}"] if spec.varkw else []
    written = ", ".join(passed)
    return {"grouped_args": inspect_formatargspec(*spec[:6]), "apply_kw": f"({written})" if grouped else written}


NAMES: Final[dict[str, dict[str, object]]] = {
    "sqlalchemy.util": {
        "await_": refuse_to_wait,
        "cpython": platform.python_implementation() == "CPython",
        "defaultdict": defaultdict,
        "freethreading": False,
        "has_compiled_ext": has_compiled_parts,
        "has_refcount_gc": platform.python_implementation() == "CPython",
    },
    "sqlalchemy.util._has_cython": {"_CYEXTENSION_MSG": "this is azoth"},
    "sqlalchemy.util.concurrency": {"_AsyncUtil": RunsDirectly},
    "sqlalchemy.util.langhelpers": {"_warnings_warn": warn_at_caller, "format_argspec_plus": written_arguments},
}
"""From import paths to names that only ``sqlalchemy.testing`` imports."""

ATTRIBUTES: Final[dict[type[object], dict[str, object]]] = {
    PoolProxiedConnection: {"_checkin": PoolProxiedConnection.close},
    URL: {"_get_entrypoint": URL.get_dialect},
}
"""Private attributes that only ``sqlalchemy.testing`` reads."""


def install() -> None:
    """Let ``sqlalchemy.testing`` be found, and what it needs.

    Raises:
        ModuleNotFoundError: SQLAlchemy is not installed.
    """
    found = PathFinder.find_spec(PEER)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("SQLAlchemy is not installed, whose test kit is to run on azoth", name=PEER)
    sys.meta_path.insert(0, PeerTestingFinder(Path(found.submodule_search_locations[0])))
    sys.modules["sqlalchemy.util._has_cython"] = ModuleType("sqlalchemy.util._has_cython")
    for path, names in NAMES.items():
        vars(import_module(path)).update(names)
    for class_, attributes in ATTRIBUTES.items():
        for name, value in attributes.items():
            setattr(class_, name, value)


install()
