"""Optional packages, which the extras of this package install."""

from importlib import import_module


def import_extra(module, extra, feature):
    """Import a module of an optional package.

    Parameters
    ----------
    module : str
        Such as ``"dask.dataframe"``.
    extra : str
        The extra in pyproject.toml that installs it.
    feature : str
        What it is needed for, at the beginning of the error.

    Returns
    -------
    module

    Raises
    ------
    ImportError
        If it cannot be imported; the message says what to install.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f"{feature} needs {package}: pip install 'tsnecolor_nb[{extra}]'"
        ) from error
