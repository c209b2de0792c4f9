"""`stepless doctor`: what this installation is, what it runs on, and what is wrong with it.

Each part of the program that can be broken is asked by a function that returns `Finding`s. Those that load Qt, torch
or libvips are asked in processes of their own (`children`): a library that ends its process, or cannot be loaded at
all, is then a finding like any other. That these processes start is a finding, too, since training needs them.

Nothing here imports Qt or torch when it is imported. The diagnostics of the window (`app.diagnostics`) are made of the
same findings, without those that take seconds.
"""
