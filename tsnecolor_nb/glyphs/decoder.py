"""The autoencoder's decoder in NumPy: any 128 numbers become a glyph picture."""

import numpy as np


class Decoder:
    """Turn latent vectors into pictures. Called like a function.

    Parameters
    ----------
    arrays : mapping
        ``w1`` (d, h), ``b1`` (h,), ``w2`` (h, 784), ``b2`` (784,): the two layers.
    """

    def __init__(self, arrays):
        self._layers = [np.asarray(arrays[name], np.float32) for name in ("w1", "b1", "w2", "b2")]

    def __call__(self, vectors):
        """Decode vectors.

        Parameters
        ----------
        vectors : (m, d) or (d,) array_like of float
            Points of the latent space; they need not be in the data.

        Returns
        -------
        (m, 28, 28) uint8, or (28, 28) uint8 for a single vector
            0 is paper, 255 is ink.

        Raises
        ------
        ValueError
            If the last axis does not have d entries.
        """
        w1, b1, w2, b2 = self._layers
        vectors = np.asarray(vectors, np.float32)
        if vectors.ndim not in (1, 2) or vectors.shape[-1] != len(w1):
            raise ValueError(
                f"vectors has shape {vectors.shape}; expected (m, {len(w1)}) or ({len(w1)},)"
            )
        hidden = vectors @ w1 + b1
        hidden *= _sigmoid(hidden)  # SiLU
        pixels = 255 * _sigmoid(hidden @ w2 + b2)
        return np.rint(pixels).astype(np.uint8).reshape(*vectors.shape[:-1], 28, 28)


def _sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))  # unlike 1 / (1 + exp(−x)), never overflows
