"""`python -m app` is `stepless`."""

import sys

from app.main import main

# A child process of `multiprocessing` may import this module again.
if __name__ == "__main__":
    sys.exit(main())
