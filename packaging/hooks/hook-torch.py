"""PyInstaller's instructions for torch, in place of those that come with it.

Those take every module, as bytecode and as source: 100 MB of sources, most of them for compiling and exporting models.
Here the imports are followed as everywhere else. Some modules read their own source when they are imported: those of
settings, and those with overloads, which would warn without it.
"""

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_data_files, collect_dynamic_libs, collect_submodules

WITH_SOURCE = (
    "torch._dynamo.config",
    "torch._export.config",
    "torch._functorch.config",
    "torch._inductor.config",
    "torch._inductor.config_comms",
    "torch.compiler.config",
    "torch.distributed.config",
    "torch.functional",
    "torch.fx.experimental._config",
    "torch.nn.functional",
    "torch.nn.modules.rnn",
    "torch.utils.serialization.config",
)
module_collection_mode = {"torch": "pyz"} | dict.fromkeys(WITH_SOURCE, "pyz+py")
warn_on_missing_hiddenimports = False

# Imported by names that are put together at run time.
hiddenimports = [*collect_submodules("torch._dynamo.polyfills"), "torch.onnx.operators"]
datas = collect_data_files("torch", subdir="bin", includes=["torch_shm_manager*"])
binaries = collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
# torch looks for its libraries beside itself; links to them at the top of the bundle would mislead it.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
