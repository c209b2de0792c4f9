"""The models of this machine: which there are, which one is meant, and what can be done with them.

`installed` lists them: bundled ones from `resources/models`, described in its `manifest`, and the user's own, native
files in the data folder. `defaults` says which one "auto" means on a CPU and on a GPU. `names` are what models can be
called. `candidate` tells what a file would be before it is installed; `operations` install it, rename and remove the
user's own, and hand out any. What is written is checked first, written beside its target and renamed (`content`), in
chunks between which it can be cancelled.

Lists, names and defaults need neither torch nor weights; torch is imported where a file is checked or converted.
Nothing here keeps state: the folders are asked anew each time, from any thread.
"""

from liif_core.library.defaults import AUTO, CPU, GPU, Defaults, default_model, kind_of, read_defaults
from liif_core.library.installed import (
    BICUBIC,
    DEFAULT_MODEL,
    InstalledModel,
    find_model,
    installed_models,
)
from liif_core.library.manifest import ManifestEntry, read_manifest
from liif_core.library.operations import install_model, remove_model, rename_model

__all__ = [
    "AUTO",
    "BICUBIC",
    "CPU",
    "DEFAULT_MODEL",
    "GPU",
    "Defaults",
    "InstalledModel",
    "ManifestEntry",
    "default_model",
    "find_model",
    "install_model",
    "installed_models",
    "kind_of",
    "read_defaults",
    "read_manifest",
    "remove_model",
    "rename_model",
]
