"""The name by which systems know the program, written here and nowhere else."""

APPLICATION_ID = "io.github.stepless.Stepless"
"""In reverse order of domains, as desktops, stores and macOS want it; also the name of the desktop file on Linux."""
