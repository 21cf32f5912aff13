"""The names of cells, as IPython and older kernels give them to code."""

import sys
import types

import pytest

from ato_adict.notebooks import cell_line, code_place, traceback_text


def fail_in(file):
    """The error of a function that a file of this name holds."""
    namespace = {}
    exec(compile("\n\ndef fail(): raise ValueError", file, "exec"), namespace)
    with pytest.raises(ValueError) as caught:
        namespace["fail"]()
    return caught.value


@pytest.fixture
def ipython(monkeypatch):
    """IPython, as it is loaded where nothing is known of its cells."""
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))


@pytest.mark.parametrize("file", ["<ipython-input-23-5a1b>", "<ipython-input-23-0>"])
def test_the_name_that_older_kernels_give_a_cell(ipython, file):
    assert code_place(file) == "In[23]"
    assert cell_line(file, 3) == ("In[23]", 3)
    text = traceback_text(fail_in(file))
    assert '  File "In[23]", line 3, in fail\n' in text
    assert "ipython-input" not in text


@pytest.mark.parametrize("file", ["train.py", "<timed exec>", "<string>", "<ipython-input-x>"])
def test_what_names_no_cell_stays_as_it_is(ipython, file):
    assert cell_line(file, 3) == (file, 3)
    assert f'  File "{file}", line 3, in fail\n' in traceback_text(fail_in(file))


def test_without_ipython_nothing_is_a_cell(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert cell_line("<ipython-input-23-0>", 3) == ("<ipython-input-23-0>", 3)
    assert "<ipython-input-23-0>" in traceback_text(fail_in("<ipython-input-23-0>"))


def test_errors_that_lead_to_each_other_and_groups_end(ipython):
    first, second = fail_in("<ipython-input-1-0>"), fail_in("<ipython-input-2-0>")
    first.__context__, second.__context__ = second, first
    first.exceptions = (fail_in("<ipython-input-3-0>"), 3)
    text = traceback_text(first)
    assert '"In[1]", line 3' in text
    assert '"In[2]", line 3' in text
