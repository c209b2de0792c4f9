"""The command line: one module a command, each with `add_parser` and a `run` that returns the exit code.

Exit codes: 0 done, 2 a failure that the user can cause (one sentence on stderr), 130 stopped by Ctrl+C. The viewer's
command lives in `app`, which adds it to the same parser. torch is imported by the commands that compute, when they run.
"""
