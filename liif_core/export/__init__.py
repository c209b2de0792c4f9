"""Export: from a photo and a wish ("four times as large", "8000 pixels the long side", "this crop") to a file.

`plan` turns the wish into a rectangle of an output grid, or refuses it before any work; `job` renders that rectangle in
strips and writes it. The grids are those of the viewer, so an exported view has the pixels of the screen.
"""
