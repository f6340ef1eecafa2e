"""Optional packages, which the extras of this package install."""

from importlib import import_module


def import_extra(module, extra, feature):
    """Import and return a module of an optional package, such as ``"dask.dataframe"``.

    If that fails, an ImportError names the `feature` that needs it and the `extra` to install.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f"{feature} needs {package}: pip install 'tsnecolor_nb[{extra}]'"
        ) from error
