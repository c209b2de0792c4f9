"""Encoders: an image (B, 3, H, W) to a feature map (B, out_dim, H, W) of the same height and width.

Each states `out_dim` and `halo`, the radius of its receptive field in pixels: a tile encoded with that many real pixels
around it is equal to the same tile of the whole image. Convolutions pad with zeros, which must happen at the true
border of the image only. `halo` is None where every feature depends on the whole image (channel attention).
"""
