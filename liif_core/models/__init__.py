"""Models: an encoder makes a feature map of a photo, a decoder turns any coordinate of it into RGB.

`spec` describes a model without torch; `build` makes it; `encoders` and `decoders` hold one file per architecture.
`implicit.ImplicitModel` is the pair, with the two calls that rendering uses: `encode` once per photo region, and `at`,
which makes the decoder ready for all rectangles of one output grid. Models keep no photo on `self`.
"""
