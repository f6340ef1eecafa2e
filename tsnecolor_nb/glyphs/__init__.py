"""The bundled data: an atlas of the world's glyphs, and the pipeline that makes it.

`tsnecolor_nb.load_glyphs` reads the files in ``atlas/``. ``python -m tsnecolor_nb.glyphs`` makes
them anew, from fonts to files.
"""
