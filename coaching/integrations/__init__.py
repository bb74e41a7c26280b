"""One file per platform: translate its payloads into records, nothing else.

The registry is the folder: a module's name is the platform's slug.
"""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Iterable

from coaching.integrations.base import Adapter

_SHARED = frozenset({"base", "http", "normalise"})


@functools.cache
def adapters() -> dict[str, type[Adapter]]:
    """Return slug -> adapter for every platform we speak."""
    return discover(__path__, __name__)


def adapter(slug: str) -> type[Adapter]:
    """Return the adapter of a platform. Raises: KeyError."""
    return adapters()[slug]


def discover(folders: Iterable[str], package: str) -> dict[str, type[Adapter]]:
    """Import every module of a package; one that is broken or holds no adapter stops us."""
    slugs = {module.name for module in pkgutil.iter_modules(folders)} - _SHARED
    return {slug: _adapter_in(f"{package}.{slug}") for slug in sorted(slugs)}


def _adapter_in(name: str) -> type[Adapter]:
    module = importlib.import_module(name)
    own = [
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Adapter) and found.__module__ == name
    ]
    if len(own) != 1:
        raise ImportError(f"{name} must define exactly one Adapter, found {len(own)}")
    return own[0]
