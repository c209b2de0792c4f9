"""Decoders: local implicit functions from a feature map and a coordinate to RGB.

Each states `support`, the side in latents of what one query reads, and `margin`, the latents beyond the four around a
query that a window must hold. `at` makes one ready for an output grid (`GridDecoder`): kernels, weights and places that
all rectangles of the grid share are computed once. That works on a `FeatureWindow`, a rectangle cut from the feature
map of the whole photo, and gives the same pixels for any window that is large enough, in the `PixelForm` asked for.

- Heat field (`heat_field`, `field`): `collapsed` to convolutions with generated kernels; `phases` and `quad_basis` say
  where pixels fall, and how few numbers describe the picture between four latents.
- LIIF and Meta-SR (`liif`, `metasr`): `query` is the plain form of the papers, for training and as the reference;
  `hoisted_liif` and `hoisted_metasr` do per latent what does not depend on the query.
"""
