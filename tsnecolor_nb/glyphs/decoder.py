"""The autoencoder's decoder in NumPy: any 128 numbers become a glyph picture."""

import numpy as np


class Decoder:
    """A function from latent vectors to pictures.

    `arrays` maps names to the two layers: ``w1`` (d, h), ``b1`` (h,), ``w2`` (h, 784) and
    ``b2`` (784,).
    """

    def __init__(self, arrays):
        self._layers = [np.asarray(arrays[name], np.float32) for name in ("w1", "b1", "w2", "b2")]

    def __call__(self, vectors):
        """Decode points of the latent space, (m, d) or (d,) array_like of float.

        Return (m, 28, 28) or (28, 28) uint8 in which 255 is ink. Raise a ValueError if the last
        axis does not have d entries.
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
