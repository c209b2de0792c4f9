"""The command line: one module a command, each with `add_parser` and a `run` that returns the exit code.

Exit codes (`exit_codes`): 0 done, 1 some of a list failed, 2 a failure that the user can cause (one sentence on
stderr), 130 stopped by Ctrl+C. The viewer's commands live in `app`, which adds them to the same parser. torch is
imported by the commands that compute, when they run.
"""
