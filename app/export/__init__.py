"""What the export dialog is about, without Qt: the draft of an export as a frozen value, and functions of it.

A `draft.Draft` is what the controls say, a `photo.ExportPhoto` what they say it of. `size_modes` are the ways to say
how large, `limits` what a format leaves of them, `crop_frame` what a hand does to a crop, `turning` how a photo lies
on screen. `checks` is what stands against an export, `sample` a piece of one, and `batch` many of them; these look at
the disk, so they run on worker threads.
"""
