"""Models: an encoder makes a feature map of a photo, a decoder turns any coordinate of it into RGB.

`spec` describes a model without torch; `build` makes it; `encoders` and `decoders` hold one file per architecture.
`implicit.ImplicitModel` is the pair, with the two calls that everything else uses: `encode` once per photo region and
`decode` for any rectangle of any output grid. Models keep no photo on `self`.
"""
