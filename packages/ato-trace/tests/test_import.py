"""Importing ato_trace is cheap and touches nothing."""

import subprocess
import sys

HEAVY = ["numpy", "torch", "pandas", "scipy", "inspect", "ast", "dis", "difflib", "tokenize"]


def test_importing_loads_nothing_heavy():
    program = (
        "import sys; before = set(sys.modules)\n"
        "import ato_trace\n"
        "scope = ato_trace.Scope()\n"
        f"print([name for name in {HEAVY} if name in set(sys.modules) - before])"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
    assert done.stdout.strip() == b"[]"


def test_tracing_a_function_needs_no_heavy_module_either():
    program = (
        "import sys; before = set(sys.modules)\n"
        "import ato_trace, json.decoder\n"
        "before |= {'re'}\n"
        "ato_trace.fingerprint(json.decoder.JSONArray)\n"
        f"print([name for name in {HEAVY} if name in set(sys.modules) - before])"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
    assert done.stdout.strip() == b"[]"
