"""Modules that stand in for frameworks: what of theirs an integration calls, and nothing else."""

import sys
import types


def stand_in(monkeypatch, integration, **modules):
    """Import an integration on modules that have just these names; dots are written `__`."""
    for name, content in modules.items():
        module = types.ModuleType(name.replace("__", "."))
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    name = f"ato_sql.integrations.{integration}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    module = __import__(name, fromlist=["x"])
    # What was imported on a stand-in must not be found by a test of the framework itself.
    monkeypatch.setitem(sys.modules, name, module)
    return module
