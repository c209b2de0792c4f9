"""How good an enlarger is against the truth, by the protocol of the LIIF paper's code, at any scale.

`evaluate` goes through the photos of a folder (`dataset`) at each `Scale`, asks an enlarger (`enlarge`: a model, or
bicubic) for the whole picture, and compares it with the truth (`metrics`): PSNR and SSIM of every photo in
`EvaluationRow`s. `report` writes these down as text, Markdown, CSV and JSON; `paper_table` puts them beside the
`published` figures.

Nothing here keeps state between two photos. At any time one photo is in memory: its truth, its input, the enlarged
picture, the features that the enlarger keeps within its budget, and strips of rows while comparing.
"""
