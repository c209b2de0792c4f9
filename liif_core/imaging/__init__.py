"""Photos in, photos out, and conventional resampling; no torch and no Qt.

`read.read_image` looks at a file's first bytes, lets `decode` open it (libvips for most formats, Pillow for BMP,
pillow-heif for HEIC), brings it to three channels in one colour space (`icc`) and upright (`exif`), and returns one
frozen `image.Image` at the depth of the file. Everything else asks that `Image` for float regions.

`resample` gives any rectangle of an `OutputGrid`: `bicubic` for what a conventional viewer would show, `area` and the
lazily built `Pyramid` for reduced views. `write.quantise` and `write.write_image` put results into a file, through
`liif_core.atomic`, so that a failure leaves the old file as it was.

An `Image` is immutable and may be shared by threads; a `Pyramid` locks the building of its levels. Nothing else here
has state. Importing the package loads none of the decoders: pyvips, pillow-heif and Pillow's plugins load on first use.
"""
