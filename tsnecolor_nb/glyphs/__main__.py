"""From fonts to the files of the atlas: ``python -m tsnecolor_nb.glyphs FOLDER``."""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

from ..arrays.files import write_whole

N_POINTS = 358_359  # as many as the notebook of 2017 had

HELP = """\
Make the glyph atlas, from fonts to files. Needs the extra `data` and the Debian font packages
in fonts.txt. Every stage leaves its result in FOLDER; a second call continues after the last
finished stage, and training and the maps after their last finished epoch or phase. The files
that ship are in FOLDER/atlas at the end: move them to tsnecolor_nb/glyphs/atlas yourself,
once you have looked at them."""


def main(arguments=None):
    """Read the command line and make the atlas."""
    parser = argparse.ArgumentParser("python -m tsnecolor_nb.glyphs", description=HELP)
    parser.add_argument("folder", type=Path, help="where the stages leave their results")
    parser.add_argument("--sample", type=int, default=N_POINTS, metavar="N",
                        help="make an atlas of only N glyphs, sampled at random (default: all)")
    parser.add_argument("--epochs", type=int, default=8, help="of training (default: 8)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    if options.sample < 500:
        parser.error(f"--sample must be at least 500, got {options.sample}")
    options.folder.mkdir(parents=True, exist_ok=True)
    settings = {"sample": options.sample, "epochs": options.epochs, "seed": options.seed}
    _same_settings(options.folder / "settings.json", settings, parser)
    make(options.folder, **settings)


def _same_settings(path, settings, parser):
    """Refuse to continue a run that was started with other settings: its stages would not fit."""
    if path.exists() and json.loads(path.read_text()) != settings:
        parser.error(f"{path.parent} holds a run with other settings: {path.read_text()}")
    path.write_text(json.dumps(settings))


def make(folder, sample, epochs, seed):
    """Run all stages that have not left their result in ``folder`` yet."""
    faces, table, glyphs, pictures = _glyphs(folder, sample, seed)
    latents, decoder = _latents(folder, pictures, epochs, seed)
    xy, xyz = _maps(folder, latents, seed)
    from . import pack

    atlas = folder / "atlas"
    atlas.mkdir(exist_ok=True)
    settings = {"sample": sample, "epochs": epochs, "seed": seed}
    pack.write(
        atlas, pictures, latents, xy, xyz, glyphs, table, faces, decoder, settings
    )
    print(f"The atlas of {len(latents):,} glyphs is in {atlas}")


def _glyphs(folder, sample, seed):
    from . import render, select

    names = ["faces", "codepoints", "glyphs"]
    paths = [folder / f"{name}.parquet" for name in names]
    pictures = folder / "pictures.npy"
    if not pictures.exists():
        faces, pairs = select.list_faces(select.font_packages())
        chosen, table = select.choose(faces, pairs, seed)
        chosen = _at_most(chosen, sample * 11 // 10, seed).reset_index(drop=True)
        rendered, kept = render.render(faces, chosen)
        final = _at_most(chosen.iloc[kept].reset_index(drop=True), sample, seed)
        tables = [faces, table, final.reset_index(drop=True)]
        for path, frame in zip(paths, tables, strict=True):
            frame.to_parquet(path)
        _save(pictures, rendered[final.index])
    faces, table, glyphs = map(pd.read_parquet, paths)
    return faces, table, glyphs, np.load(pictures, mmap_mode="r")


def _at_most(frame, n, seed):
    return frame.sample(n, random_state=seed).sort_index() if len(frame) > n else frame


def _latents(folder, pictures, epochs, seed):
    from . import vae

    latents, decoder = folder / "latents.npy", folder / "decoder.npz"
    if not latents.exists():
        model = vae.train(pictures, folder / "vae.pt", epochs, seed)
        encoded, layers = vae.encode(model, pictures)
        np.savez(decoder, **layers)
        _save(latents, encoded)
    return np.load(latents), dict(np.load(decoder))


def _maps(folder, latents, seed):
    from . import maps

    near = [folder / "neighbors.npy", folder / "distances.npy"]
    if not near[1].exists():
        for path, array in zip(near, maps.neighbors(latents, seed), strict=True):
            _save(path, array)
    phases = {2: maps.PHASES_2D, 3: maps.PHASES_3D}
    done = {d: folder / f"map{d}d_{len(phases[d])}.npy" for d in phases}
    if not all(path.exists() for path in done.values()):
        p = maps.affinities(*map(np.load, near))
        for n_dims in phases:
            _map(folder, maps.Map(latents, p, n_dims, seed), n_dims, phases[n_dims])
    return tuple(np.load(done[d]) for d in phases)


def _map(folder, growing, n_dims, phases):
    for number, phase in enumerate(phases, start=1):
        path = folder / f"map{n_dims}d_{number}.npy"
        if path.exists():
            growing.y = np.load(path)
        else:
            growing.run(phase)
            _save(path, growing.y)


def _save(path, array):
    write_whole(path, lambda file: np.save(file, array), overwrite=True)


if __name__ == "__main__":
    main()
