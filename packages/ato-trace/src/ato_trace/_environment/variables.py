"""Which environment variables a program asks for, as far as its text tells: Python does not."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Variables that libraries read and that change results or how they are computed.
KNOWN = (
    "PYTHONHASHSEED", "PYTHONOPTIMIZE", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "BLIS_NUM_THREADS",
    "NUMBA_NUM_THREADS", "TBB_NUM_THREADS", "OMP_DYNAMIC", "MKL_DYNAMIC", "MKL_CBWR",
    "CUDA_VISIBLE_DEVICES", "CUDA_LAUNCH_BLOCKING", "CUBLAS_WORKSPACE_CONFIG",
    "NVIDIA_TF32_OVERRIDE", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "PYTORCH_CUDA_ALLOC_CONF",
    "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "TF_DETERMINISTIC_OPS",
    "TF_CUDNN_DETERMINISTIC", "TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS", "JAX_ENABLE_X64",
    "JAX_PLATFORMS", "JAX_DEFAULT_MATMUL_PRECISION", "TOKENIZERS_PARALLELISM", "WORLD_SIZE",
    "LC_ALL", "LC_NUMERIC", "TZ",
)  # fmt: skip
# What shells and Python itself go by; words such as "path" stand in most programs.
_OF_THE_SHELL = frozenset(("HOME", "LANG", "MANPATH", "PATH", "PYTHONPATH", "SHELL", "USERNAME"))
_QUOTED = re.compile(r"""['"]([A-Z][A-Z0-9_]{1,63})['"]""")
_ASKED = re.compile(r"""(?:environ(?:\.get|\.pop|\.setdefault)?|getenv)\s*[\[(]\s*f?['"](\w+)""")
_IN_A_PATH = re.compile(r"""\$(?:\{(\w+)\}|(\w+))""")  # what `expandvars` and shells replace
# Names that are made at run time: `environ[PREFIX + name]`, `for name in environ`.
_COMPUTED = re.compile(
    r"""(?:environ(?:\.get|\.pop|\.setdefault)?|getenv)\s*[\[(]\s*(?!['"]\w+['"]\s*[\]),])"""
    r"""|environ\.(?:items|keys)\(|\bin\s+(?:os\.)?environ\b"""
)
_LITERAL = re.compile(r"""(['"])((?:(?!\1)[^\\\n]){1,64})\1""")
_HOLE = re.compile(r"\{[^{}]*\}")  # of an f-string
_SHORTEST = 2
# What stands where a name is asked for: there single characters are parts of it, elsewhere they
# would make up whatever is set.
_WHERE_ASKED = re.compile(
    r"(?:environ(?:\.get|\.pop|\.setdefault)?|getenv)\s*[\[(]([^),\]]{1,200})"  # no defaults
)


def variables(texts: Iterable[str], environ: Mapping[str, str]) -> dict[str, str | None]:
    """The environment variables that a program names, and those that change results.

    Args:
        texts: The sources of the program.
        environ: The variables that are set.

    Returns:
        The values by name, None for one that is asked for and not set.
    """
    found: dict[str, str | None] = {n: environ[n] for n in KNOWN if n in environ}
    texts = list(texts)
    for text in texts:
        found.update((name, environ[name]) for name in _QUOTED.findall(text) if name in environ)
        for names in _IN_A_PATH.findall(text):
            found.update((name, environ[name]) for name in names if _may_be_asked(name, environ))
        for start in _ASKED.findall(text):
            if start.endswith("_"):  # an f-string: every variable that begins like this
                found.update((n, v) for n, v in environ.items() if n.startswith(start))
            else:
                found.setdefault(start, environ.get(start))
    if any(_COMPUTED.search(text) for text in texts):
        found.update((name, environ[name]) for name in _put_together(texts, environ))
    return dict(sorted(found.items()))


def _may_be_asked(name: str, environ: Mapping[str, str]) -> bool:
    return name in environ and name not in _OF_THE_SHELL


def _put_together(texts: Iterable[str], environ: Mapping[str, str]) -> list[str]:
    """The variables whose names begin with, or are made of, pieces that stand in the sources."""
    pieces = {piece for text in texts for piece in _pieces(text) if len(piece) >= _SHORTEST}
    asking = (part for text in texts for part in _WHERE_ASKED.findall(text))
    pieces.update(piece for part in asking for piece in _pieces(part))
    prefixes = tuple(p for p in pieces if p.endswith("_") and p.isupper() and len(p) > _SHORTEST)
    pieces |= {piece.upper() for piece in pieces}
    return [
        name
        for name in environ
        if _may_be_asked(name, environ) and (name.startswith(prefixes) or _is_made_of(name, pieces))
    ]


def _pieces(text: str) -> Iterable[str]:
    for _, literal in _LITERAL.findall(text):
        for piece in _HOLE.split(literal):
            if re.fullmatch(r"\w+", piece):
                yield piece


def _is_made_of(name: str, pieces: set[str]) -> bool:
    """Whether pieces, and underscores between them, make up a name."""
    reached = {0}
    for end in range(1, len(name) + 1):
        starts = (start for start in reached if name[start:end] in pieces)
        if (name[end - 1] == "_" and end - 1 in reached) or any(True for _ in starts):
            reached.add(end)
    return len(name) in reached
