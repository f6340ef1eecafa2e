"""The one table of techniques: what each is called, how it is built, and what may be moved.

A technique is a scikit-learn pipeline whose last step gives ``srgb8``. Mostly it starts from X;
where it needs the map as well, a plain function of the embedding gives the values it starts from.
"""

from .run import CachedRun, Cancelled
from .table_original import ORIGINAL
from .table_ours import OURS
from .technique import Param, Technique

__all__ = ["TECHNIQUES", "CachedRun", "Cancelled", "Param", "Technique", "color"]

TECHNIQUES = {technique.name: technique for technique in (*ORIGINAL, *OURS)}


def color(embedding, technique, *, progress=None, **params):
    """Color an embedding by one technique.

    Parameters
    ----------
    embedding : Embedding
    technique : str
        A name in `TECHNIQUES`.
    progress : callable, optional
        Called with a step's name and a fraction 0..1; what it raises ends the work.
    **params
        Such as ``argmax__absolute=True``; see the technique's `params`.

    Returns
    -------
    uint8 array of shape (n, 3)
        sRGB colors.
    """
    return CachedRun(embedding).run(technique, progress=progress, **params)
