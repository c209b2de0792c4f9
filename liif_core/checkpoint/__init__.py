"""Model files: native safetensors with a card, and the published `.pth` files of the LIIF paper.

`load.load_model` sniffs which one a file is and loads it strictly. `card.read_card` reads what a native file says of
itself without torch and without its weights, for lists of models. Nothing here runs code from a file.
"""
