"""The core of Stepless: models, rendering, export and training, without any Qt.

A photo is read (`imaging`), encoded once into a feature map (`models.encoders`, `render.encode`), and any rectangle of
any output grid is asked of the decoder (`models.decoders`, `render.renderer`). `view` decides which rectangles a
viewport needs, `export` writes whole files, `training` makes new models, `evaluation` measures them against the truth,
`library` knows which ones are installed.

Importing this package imports neither torch nor Qt; only the modules that compute with torch import it.
"""

__version__ = "0.1.0"
