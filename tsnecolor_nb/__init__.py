"""Color what 128 dimensions say about the points of a 2-D map.

Heavy libraries load when a name that needs them is first used, so that the import stays cheap.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "data": ("Embedding", "load_embedding", "load_glyphs", "load_originals"),
    "pictures": ("Picture", "contact_sheet"),
    "raster": ("Raster", "compose", "rasterize"),
    "view": ("View", "show"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__():
    return [*globals(), *__all__]
