"""What programs of ato 2.x use beyond the documented goes on working, or names what to use."""

import importlib

import pytest

from ato.adict import ADict
from ato.db_routers.sql.manager import SQLLogger
from ato.scope import MultiScope, Scope

GONE = [
    ("ato.scope", "parse_args_pythonic", "a scope reads the command line"),
    ("ato.scope", "exec_with_no_permissions", "a scope reads the command line"),
    ("ato.parser", "parse_value", "use parse_command"),
    ("ato.parser", "parse_bracketed_value", "use parse_command"),
    ("ato.parser", "parse_quoted_string", "use parse_command"),
    ("ato.xyz", "GlobalParser", "use dumps and loads"),
    ("ato.xyz", "convert_structure_to_tree", "use dumps and loads"),
    ("ato.xyz", "parse_lines", "use dumps and loads"),
]


@pytest.mark.parametrize(("module", "name", "instead"), GONE)
def test_importing_a_name_that_is_gone_says_what_to_use(module, name, instead):
    with pytest.raises(ImportError, match=f"{name} of ato 2.x is gone; .*{instead}"):
        exec(f"from {module} import {name}")


@pytest.mark.parametrize("module", ["ato.scope", "ato.parser", "ato.xyz"])
def test_another_name_is_no_attribute(module):
    assert not hasattr(importlib.import_module(module), "nothing")


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("exec", r"scope\(function\)"),
        ("register_all", "needs no registering"),
        ("current_scope", "pass the scope"),
        ("stored_arguments", "scope.history"),
        ("get_config_updated_arguments", "scope.bind"),
        ("logging_manual", "the word manual"),
    ],
)
def test_a_method_that_is_gone_says_what_to_use(name, instead):
    for scope in (Scope(), MultiScope(Scope())):
        with pytest.raises(AttributeError, match=f"'{name}'; in ato 2.x only: .*{instead}"):
            getattr(scope, name)


def test_configs_go_on_writing_xyz_and_reading_python(tmp_path):
    (tmp_path / "c.py").write_text("lr = 0.1\n")
    with pytest.deprecated_call(match="use ADict.from_file"):
        config = ADict.compile_from_file(tmp_path / "c.py")
    with pytest.deprecated_call(match="dumps"):
        assert config.to_xyz() == "lr: 0.1\n"


def test_the_current_run_has_what_was_logged(tmp_path):
    sql = {"db_path": f"sqlite:///{tmp_path / 'runs.db'}"}
    logger = SQLLogger(ADict(experiment={"project_name": "p", "sql": sql}))
    logger.run()
    logger.log_metric("loss", 0.5, step=1)
    assert [metric.value for metric in logger.get_current_run().metrics] == [0.5]
    logger.finish()
