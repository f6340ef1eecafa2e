"""The whole road from fonts to files, at 3,000 glyphs. Needs the extra `data` and the fonts."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb.glyphs import maps, pack
from tsnecolor_nb.glyphs.decoder import Decoder

SAMPLE = 3000
EPOCHS = "80"  # of only five batches each
pytestmark = pytest.mark.timeout(1500)  # the first test runs the whole pipeline


def run(folder, *more):
    """Run the pipeline as a person would."""
    command = [sys.executable, "-m", "tsnecolor_nb.glyphs", str(folder), *more]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a finished run, made once."""
    folder = tmp_path_factory.mktemp("glyphs")
    done = run(folder, "--sample", str(SAMPLE), "--epochs", EPOCHS)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def test_the_files_fit_together(folder):
    """Latents, maps and tables describe the same points, and every row leads to a table's row."""
    atlas = folder / "atlas"
    points = np.load(atlas / "points.npz")
    assert np.load(atlas / "latents.npy").shape == (SAMPLE, 128)
    assert points["xy"].shape == (SAMPLE, 2)
    assert points["xyz"].shape == (SAMPLE, 3)
    assert np.isfinite(points["xy"]).all() and np.isfinite(points["xyz"]).all()
    codepoints = pd.read_parquet(atlas / "codepoints.parquet")
    assert set(points["codepoint_row"]) == set(range(len(codepoints)))
    assert set(points["font_row"]) == set(range(len(pd.read_parquet(atlas / "fonts.parquet"))))
    assert codepoints["name"].is_unique
    assert {"Han", "Latin", "Hangul"} <= set(codepoints["script"])


def test_no_two_pictures_are_equal(folder):
    """Glyphs that look exactly alike are kept once."""
    pictures = np.load(folder / "pictures.npy")
    assert len(np.unique(pictures.reshape(SAMPLE, -1), axis=0)) == SAMPLE
    box = np.argwhere(pictures.max(axis=0))
    # 24 pixels of ink, and at each edge one that a rounded outline may touch.
    assert np.ptp(box, axis=0).max() + 1 <= 26


def test_the_decoder_draws_what_was_encoded(folder):
    """Decoded latents resemble the pictures far better than the mean picture does."""
    pictures = np.load(folder / "pictures.npy") / 255.0
    drawn = Decoder(np.load(folder / "atlas" / "decoder.npz"))(np.load(folder / "latents.npy"))
    unexplained = ((drawn / 255 - pictures) ** 2).mean() / pictures.var(axis=0).mean()
    assert unexplained < 0.6


def test_eight_bits_are_enough(folder):
    """Quantized latents find nearly the same neighbors; the share is in about.json."""
    about = json.loads((folder / "atlas" / "about.json").read_text())
    assert 0.95 < about["recall_at_10_of_int8"] <= 1


def test_maps_keep_neighbors_together(folder):
    """Neighbors in 128 dimensions are nearer on both maps than random pairs, mostly."""
    near = np.load(folder / "neighbors.npy")[:, 0]
    random = np.random.default_rng(0).permutation(SAMPLE)
    points = np.load(folder / "atlas" / "points.npz")
    for name in ("xy", "xyz"):
        y = points[name].astype(float)
        closer = np.linalg.norm(y - y[near], axis=1) < np.linalg.norm(y - y[random], axis=1)
        assert closer.mean() > 0.9, name


def test_a_second_run_computes_nothing_anew(folder):
    """Finished stages are kept: only the last, which is cheap, is written again."""
    before = {p.name: p.stat().st_mtime_ns for p in folder.glob("*.npy")}
    assert run(folder, "--sample", str(SAMPLE), "--epochs", EPOCHS).returncode == 0
    assert before == {p.name: p.stat().st_mtime_ns for p in folder.glob("*.npy")}


def test_training_continues_where_it_stopped(folder, tmp_path):
    """Training interrupted after two epochs ends with the same weights as an unbroken one."""
    import torch

    from tsnecolor_nb.glyphs import vae

    class Interrupted(Exception):
        pass

    pictures, whole, broken = np.load(folder / "pictures.npy"), tmp_path / "a", tmp_path / "b"
    expected = vae.train(pictures, whole, epochs=4)
    draw, calls = vae._batches, []

    def two_epochs_only(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise Interrupted
        return draw(*arguments)

    vae._batches = two_epochs_only
    try:
        with pytest.raises(Interrupted):
            vae.train(pictures, broken, epochs=4)
    finally:
        vae._batches = draw
    continued = vae.train(pictures, broken, epochs=4)
    for a, b in zip(expected.parameters(), continued.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_other_settings_are_refused(folder):
    """A folder with a run of other settings is not mixed with a new one."""
    refused = run(folder, "--sample", "2000")
    assert refused.returncode == 2
    assert "other settings" in refused.stderr


def test_mesh_repulsion_agrees_with_the_sum_over_all_pairs():
    """Particle-mesh forces are within 10 % of the exact ones, the normalizer within 2 %."""
    y = np.random.default_rng(0).standard_normal((2000, 3)) * 3
    difference = y[:, None] - y
    kernel = 1 / (1 + (difference**2).sum(axis=-1))
    exact = (kernel[..., None] ** 2 * difference).sum(axis=1)
    force, z = maps.mesh_repulsion(y)
    assert np.linalg.norm(force - exact) < 0.1 * np.linalg.norm(exact)
    assert z == pytest.approx(kernel.sum() - len(y), rel=0.02)


def test_quantization_is_within_half_a_step():
    """Codes times scale plus offset come back within half a quantization step."""
    latents = np.random.default_rng(0).standard_normal((1000, 5)) * [1, 2, 3, 0.01, 100]
    codes, scale, offset = pack.quantize(latents)
    assert codes.dtype == np.int8
    assert (np.abs(codes * scale + offset - latents) <= scale * 0.5001).all()
