"""Photos in, photos out, and conventional resampling; no torch and no Qt.

`read.read_image` looks at a file's first bytes (`formats`), lets `decode` open it (libvips for most formats, Pillow for
BMP and JPEG 2000, pi-heif for HEIC, rawpy for raw files of cameras), and lets `pixels` run the decoder strip by
strip: to three channels in one colour space (`icc`), flattened over white or premultiplied (`alpha`), upright (`exif`),
into memory or, for a photo larger than its share, into a file (`scratch`). It returns one frozen `image.Image` at the
depth of the file. Everything else asks that `Image` for float regions. `preview.read_preview` does the same with a
small part of the work and of the pixels, where the format allows it.

`resample` gives any rectangle of an `OutputGrid`: `bicubic` for what a conventional viewer would show, `area` and the
lazily built `Pyramid` for reduced views. `write.quantise` and `write.write_image` put results into a file, through
`liif_core.atomic`, so that a failure leaves the old file as it was.

An `Image` is immutable and may be shared by threads; a `Pyramid` locks the building of its levels; a file of `scratch`
goes with the last array over it. Nothing else here has state. Importing the package loads none of the decoders: pyvips,
pi-heif and Pillow's plugins load on first use.
"""
