"""Stage 4: neighbors, the 2-D t-SNE map, and a 3-D t-SNE whose axes become colors.

openTSNE (Poličar et al. 2024) does the work. Its FFT-accelerated repulsion stops at two dimensions,
so the 3-D map has one here: a particle mesh (Hockney & Eastwood 1988), which spreads the points
over a grid, convolves the grid with the kernel by FFT, and reads the forces back.
"""

from functools import lru_cache
from itertools import product

import numpy as np
import scipy.fft
from openTSNE import TSNEEmbedding, _tsne, affinity, initialization
from openTSNE.nearest_neighbors import PrecomputedNeighbors
from pynndescent import NNDescent
from scipy.ndimage import map_coordinates
from tqdm import tqdm

PERPLEXITY = 30
MESH = 0.5  # the width of a grid cell, in units of the map; the t-kernel is 1 wide

# (iterations, exaggeration, momentum); every phase starts with fresh gains. Attraction stays above
# its plain weight to the end (Böhm, Berens & Kobak 2022): at 1 this map is thousands of crumbs in a
# disc, at 4 it has continents, and the last phase lets these spread until their texture shows.
PHASES_2D = ((250, 12, 0.5), (250, 4, 0.8), (150, 4, 0.8), (150, 2.5, 0.8))
PHASES_3D = ((200, 12, 0.5), (250, 1, 0.8))


def neighbors(latents, seed=0):
    """Return indices and distances of the 90 nearest other points, by approximate search."""
    k = min(3 * PERPLEXITY, (len(latents) - 1) // 2)
    index = NNDescent(latents, n_neighbors=k + 1, random_state=seed, n_jobs=-1)
    indices, distances = index.neighbor_graph
    return indices[:, 1:], distances[:, 1:]


def affinities(indices, distances):
    """Return openTSNE's affinities at perplexity 30 (less for a small sample)."""
    perplexity = min(PERPLEXITY, indices.shape[1] / 3)
    known = PrecomputedNeighbors(np.asarray(indices), np.asarray(distances, np.float64))
    return affinity.PerplexityBasedNN(knn_index=known, perplexity=perplexity, n_jobs=-1)


class Map:
    """A t-SNE map in the making: phases of gradient descent, resumable between phases."""

    def __init__(self, latents, p, n_dims, seed=0):
        method = "fft" if n_dims == 2 else mesh_objective
        start = initialization.pca(latents, n_components=n_dims, random_state=seed)
        self._new = lambda y: TSNEEmbedding(
            y, p, negative_gradient_method=method, random_state=seed, n_jobs=-1
        )
        self.y, self._n_dims = start, n_dims

    def run(self, phase):
        """Run a phase."""
        iterations, exaggeration, momentum = phase
        title = f"{self._n_dims}-D t-SNE, exaggeration {exaggeration}"
        with tqdm(total=iterations, desc=title, unit="it") as progress:
            def report(iteration, error, y):
                progress.update(iteration - progress.n)
                progress.set_postfix(KL=f"{error:.3f}", refresh=False)

            embedding = self._new(self.y)
            embedding.optimize(iterations, exaggeration=exaggeration, momentum=momentum,
                               inplace=True, callbacks=report, callbacks_every_iters=25)
        self.y = np.array(embedding)


def mesh_objective(embedding, P, dof, reference_embedding=None, n_jobs=1,
                   should_eval_error=False, **_):
    """KL divergence and gradient with particle-mesh repulsion, in openTSNE's calling convention."""
    y = np.asarray(embedding, np.float64)
    repulsion, z = mesh_repulsion(y)
    gradient = np.ascontiguousarray(-repulsion / z, dtype=np.float64)
    sum_p, error = _tsne.estimate_positive_gradient_nn(
        P.indices, P.indptr, P.data, y, y, gradient, dof,
        num_threads=n_jobs, should_eval_error=should_eval_error,
    )
    return (error + sum_p * np.log(z) if should_eval_error else error), gradient


def mesh_repulsion(y):
    """Return t-SNE's repulsive forces, up to their sum, and that sum.

    With K = 1 / (1 + r²) and φ(y) = Σⱼ K(y − yⱼ), the force Σⱼ K² (yᵢ − yⱼ) is −½ ∇φ(yᵢ), and the
    sum is Σᵢ φ(yᵢ) − n, since φ(yᵢ) includes K = 1 of the point itself. y and the forces are
    (n, 3) float64, the sum is a float.
    """
    low, span = y.min(axis=0), np.ptp(y, axis=0).max()
    # A power of two, so that the kernel is computed anew only now and then while the map grows.
    width = min(MESH, 2.0 ** np.floor(np.log2(max(span, 1e-12) / 32)))
    shape = tuple(int(-(-(extent / width + 4) // 16) * 16) for extent in np.ptp(y, axis=0))
    cells = (y - low) / width + 2  # two cells of margin, for the differences at the border
    potential = _convolve(_deposit(cells, shape), width)
    read = lambda field: map_coordinates(field, cells.T, order=1)  # noqa: E731 (used once, here)
    slopes = np.stack([read(slope) for slope in np.gradient(potential, width)], axis=1)
    return -0.5 * slopes, float(read(potential).sum(dtype=np.float64) - len(y))


def _deposit(cells, shape):
    """Distribute points, in grid coordinates, linearly over the eight grid nodes around each."""
    corner = cells.astype(np.int64)
    offset = cells - corner
    grid = np.zeros(np.prod(shape))
    for step in product((0, 1), repeat=3):
        weight = np.prod(np.where(step, offset, 1 - offset), axis=1)
        node = np.ravel_multi_index(tuple((corner + step).T), shape)
        grid += np.bincount(node, weight, minlength=len(grid))
    return grid.reshape(shape).astype(np.float32)


@lru_cache(maxsize=1)
def _kernel_spectrum(shape, width):
    square = np.zeros((1, 1, 1), np.float32)
    for axis, size in enumerate(shape):
        # Twice the grid, so that the FFT's periods do not bring the far side near.
        distance = np.minimum(np.arange(2 * size), 2 * size - np.arange(2 * size)) * width
        along = [-1 if other == axis else 1 for other in range(3)]
        square = square + np.float32(distance**2).reshape(along)
    return scipy.fft.rfftn(1 / (1 + square), workers=-1).real


def _convolve(grid, width):
    double = tuple(2 * size for size in grid.shape)
    spectrum = scipy.fft.rfftn(grid, s=double, workers=-1) * _kernel_spectrum(grid.shape, width)
    return scipy.fft.irfftn(spectrum, s=double, workers=-1)[tuple(map(slice, grid.shape))]
