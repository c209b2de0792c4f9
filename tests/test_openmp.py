"""How long threads wait for each other is settled before torch is there, and left to people who chose it themselves."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from liif_core import openmp


def test_threads_wait_briefly_unless_a_person_said_how() -> None:
    plain: dict[str, str] = {}
    openmp.wait_briefly(plain)
    assert plain == {"GOMP_SPINCOUNT": openmp.SPINS}
    for chosen in ({"GOMP_SPINCOUNT": "7"}, {"OMP_WAIT_POLICY": "active"}):
        kept = dict(chosen)
        openmp.wait_briefly(kept)
        assert kept == chosen


def test_commands_settle_it_before_torch_is_imported() -> None:
    code = (
        "import os, sys\n"
        "from app.main import main\n"
        "from liif_core.cli import survey\n"
        "survey.named_config = lambda name: print(os.environ['GOMP_SPINCOUNT'], 'torch' in sys.modules) or exit(3)\n"
        "main(['survey', '--data', 'x'])\n"
    )
    free = {name: value for name, value in os.environ.items() if name not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    child = subprocess.run([sys.executable, "-c", code], env=free, capture_output=True, text=True, check=False)
    assert (child.returncode, child.stdout) == (3, f"{openmp.SPINS} False\n"), child.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="GNU's OpenMP is Linux's")
def test_torch_computes_with_the_library_that_is_asked() -> None:
    code = (
        "from liif_core import openmp\n"
        "openmp.wait_briefly()\n"
        "import torch\n"
        "torch.ones(10)\n"
        "print(any('libgomp' in line for line in open('/proc/self/maps')))\n"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout == "True\n"
