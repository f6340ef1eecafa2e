"""Color what 128 dimensions say about the points of a 2-D map.

The public names are listed in ``__init__.pyi``. Importing the package is cheap: a module loads when
one of its names is first used.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
