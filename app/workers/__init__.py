"""Threads beside the GUI's. They touch no widget, QPixmap or settings, and hand over owned QImages."""
