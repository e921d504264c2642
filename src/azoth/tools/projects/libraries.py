"""Which of the libraries that a project imports depend on SQLAlchemy themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from importlib import metadata
from pathlib import Path
from typing import Final

from azoth.tools.homes.public_modules import AZOTH
from azoth.util.named_tuple import NamedTuple

__all__ = ["Libraries", "imported_modules", "libraries_on_sqlalchemy", "own_modules"]

_SQLALCHEMY: Final = "sqlalchemy"
_IMPORT: Final = re.compile(rb"^[ \t]*(?:from[ \t]+([A-Za-z_]\w*)|import[ \t]+([^\r\n#;]+))", re.MULTILINE)
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


class Libraries(NamedTuple):
    """Modules of others that lead to SQLAlchemy.

    Attributes:
        needing: those of distributions that require it, or require another one that does.
        using: those of distributions that use it where it is installed (an extra).
    """

    needing: tuple[str, ...]
    using: tuple[str, ...]


def imported_modules(data: bytes) -> set[str]:
    """List the first names of what a program imports; words in its texts may be among them.

    Args:
        data: the bytes of its file.
    """
    found: set[str] = set()
    for match in _IMPORT.finditer(data):
        names = [match[1]] if match[1] else re.findall(rb"(?:^|,)[ \t]*([A-Za-z_]\w*)", match[2])
        found.update(name.decode() for name in names)
    return found


def own_modules(path: Path, programs: Iterable[Path]) -> set[str]:
    """List the modules and packages that a project has itself.

    Args:
        path: its folder, or the one file of it.
        programs: its programs.
    """
    top = path if path.is_dir() else path.parent
    found = {path.name} if (path / "__init__.py").exists() else set()
    for program in programs:
        parts = program.relative_to(top).parts
        parts = parts[1:] if parts[0] == "src" and len(parts) > 1 else parts
        if len(parts) == 1:
            found.add(program.stem)
        elif parts[1:] == ("__init__.py",):
            found.add(parts[0])
    return found


def libraries_on_sqlalchemy(modules: AbstractSet[str]) -> Libraries:
    """Find the modules whose distributions depend on SQLAlchemy, as those that are installed here say.

    Args:
        modules: the first names of modules.
    """
    distributions_of = metadata.packages_distributions()
    needing, using = [], []
    for module in sorted(modules - {_SQLALCHEMY, AZOTH}):
        distributions = distributions_of.get(module, ())
        if any(_needs(name, set()) for name in distributions):
            needing.append(module)
        elif any(_SQLALCHEMY in _requirements(name, extra=True) for name in distributions):
            using.append(module)
    return Libraries(tuple(needing), tuple(using))


def _needs(distribution: str, seen: set[str]) -> bool:
    seen.add(distribution)
    required = _requirements(distribution, extra=False)
    return _SQLALCHEMY in required or any(_needs(name, seen) for name in required - seen)


def _requirements(distribution: str, *, extra: bool) -> set[str]:
    """Name what a distribution requires: always, or by one of its extras."""
    try:
        texts = metadata.requires(distribution) or []
    except metadata.PackageNotFoundError:
        return set()
    return {
        re.sub(r"[-_.]+", "-", match[0]).lower()
        for text in texts
        if (match := _NAME.match(text)) is not None and (re.search(r"\bextra\s*==", text) is not None) is extra
    }
