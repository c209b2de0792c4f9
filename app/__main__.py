"""`python -m app` is `stepless`."""

import sys

from app.main import main

sys.exit(main())
