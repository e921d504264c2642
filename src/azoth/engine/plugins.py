"""Plugins: what a program, or the URL of its database, lets take part in ``create_engine()``."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from azoth.engine.dialect_base.dialect_registry import installed
from azoth.engine.url import URL
from azoth.exc import NoSuchModuleError
from azoth.util.arguments import as_list

if TYPE_CHECKING:
    from azoth.engine.engine import Engine

__all__ = ["CreateEnginePlugin", "register", "take_plugins"]

GROUPS: Final = ("azoth.plugins", "sqlalchemy.plugins")

_locations: Final[dict[str, tuple[str, str]]] = {}


class CreateEnginePlugin:
    """What takes part in ``create_engine()``; derive a class from it, and let URLs or programs name that.

    A plugin is named by ``?plugin=name`` of a URL or ``plugins=["name"]``, and found by an entry point of the group
    ``azoth.plugins`` (or ``sqlalchemy.plugins``), or by ``azoth.dialects.plugins.register()``.

    Args:
        url: the URL, with the options that are meant for the plugin.
        kwargs: the arguments of ``create_engine()``; a plugin takes its own ones out (``kwargs.pop()``).
    """

    def __init__(self, url: URL, kwargs: dict[str, Any]) -> None:
        self.url = url

    def update_url(self, url: URL) -> URL:
        """Give the URL as the dialect is to see it, without the options that were meant for the plugin.

        Args:
            url: the URL, without those that name plugins.
        """
        return url

    def handle_dialect_kwargs(self, dialect_cls: type[Any], dialect_args: dict[str, Any]) -> None:
        """Change the arguments of the dialect in place."""

    def handle_pool_kwargs(self, pool_cls: type[Any], pool_args: dict[str, Any]) -> None:
        """Change the arguments of the pool in place."""

    def engine_created(self, engine: Engine) -> None:
        """Hear of the engine, such as to listen to its events."""


def register(name: str, modulepath: str, objname: str) -> None:
    """Name the place of a plugin.

    Args:
        name: as URLs and programs say it.
        modulepath: the module.
        objname: the class in it.
    """
    _locations[name] = (modulepath, objname)


def take_plugins(url: URL, arguments: dict[str, Any]) -> tuple[URL, list[CreateEnginePlugin]]:
    """Make the plugins that a URL and the arguments of ``create_engine()`` name.

    Args:
        url: the URL.
        arguments: the arguments; what names plugins is taken out, and plugins take out theirs.

    Returns:
        the URL as it is from then on, and the plugins.

    Raises:
        NoSuchModuleError: nobody knows one of them.
    """
    named = url.query.get("plugin", ())
    names = [named] if isinstance(named, str) else list(named)
    names += as_list("create_engine(): plugins", arguments.pop("plugins", None) or ())
    if not names:
        return url, []
    plugins = [_plugin_class(name)(url, arguments) for name in names]
    url = url.difference_update_query(["plugin", "plugins"])
    for plugin in plugins:
        url = plugin.update_url(url)
    return url, plugins


def _plugin_class(name: str) -> type[CreateEnginePlugin]:
    location = _locations.get(name)
    if location is not None:
        module, objname = location
        found: type[CreateEnginePlugin] = getattr(importlib.import_module(module), objname)
        return found
    for entry_point in installed(GROUPS):
        if entry_point.name == name:
            loaded: type[CreateEnginePlugin] = entry_point.load()
            return loaded
    raise _unknown(name, _locations)


def _unknown(name: str, known: Iterable[str]) -> NoSuchModuleError:
    return NoSuchModuleError(
        f"the plugin {name!r} is not known",
        why="no package that is installed has it, and nothing was registered under this name.",
        fix="register it with azoth.dialects.plugins.register(), or leave it out; "
        f"registered are {', '.join(sorted(known)) or 'none'}",
        code="AZ-E620",
    )
