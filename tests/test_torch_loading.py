"""Where torch cannot be loaded, as on a Windows without Microsoft's newest runtime, one sentence says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from liif_core.paths import resource_path
from liif_core.torch_loading import load_torch, loading_advice

# Each command in turn; what a library that is missing makes torch raise has no file's name.
COMMANDS = """
import sys
sys.path.insert(0, sys.argv[1])
from app.main import main
photo, model, folder = sys.argv[2:5]
for command in (
    ["export", photo, folder + "/out.png", "--scale", "2"],
    ["evaluate", folder],
    ["train", "--data", folder, "--check"],
    ["survey", "--data", folder, "--background"],
    ["models", "import", model, "--name", "other"],
):
    print(command[0], main(command), flush=True)
"""


def test_every_command_that_computes_says_what_helps(tmp_path: Path) -> None:
    broken = tmp_path / "torch"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise OSError(22, 'Error loading \"torch_python.dll\"')\n", encoding="utf-8")
    photo, model = resource_path("samples", "dandelion.jpg"), resource_path("models", "fast.safetensors")
    command = [sys.executable, "-c", COMMANDS, str(tmp_path), str(photo), str(model), str(tmp_path)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.stdout.split() == ["export", "2", "evaluate", "2", "train", "2", "survey", "2", "models", "2"]
    lines = child.stderr.splitlines()
    assert len(lines) == 5, child.stderr
    assert all(line.startswith("stepless: PyTorch cannot be loaded ") and "torch_python.dll" in line for line in lines)
    assert not (tmp_path / "out.png").exists()


def test_windows_is_told_of_the_runtime_that_it_may_lack() -> None:
    assert "Visual C++ Redistributable (https://aka.ms/" in loading_advice(system="win32")
    assert "Visual C++" not in loading_advice(system="linux")


def test_torch_that_is_there_is_loaded() -> None:
    load_torch()
    assert "torch" in sys.modules
