"""Modules that stand in for frameworks: what of theirs an integration calls, and nothing else."""

import importlib
import sys
import types


def stand_in(monkeypatch, integration, **modules):
    """Import an integration on modules that have just these names; dots are written `__`."""
    for name, content in modules.items():
        module = types.ModuleType(name.replace("__", "."))
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    name = f"ato_sql.integrations.{integration}"
    package = importlib.import_module("ato_sql.integrations")
    # What was imported on a stand-in must not be found by a test of the framework itself: what is
    # put in its place here, and as an attribute of the package, is taken out again afterwards.
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(package, integration, None, raising=False)
    del sys.modules[name]
    return importlib.import_module(name)
