"""Runs cells in a real Jupyter kernel, as nbclient and JupyterLab do."""

import os

import pytest


def run_cells(cells, folder, **variables):
    """Run cells one after the other; return them with their outputs."""
    reason = "needs a Jupyter kernel: pip install ipykernel nbclient"
    nbformat = pytest.importorskip("nbformat", reason=reason)
    nbclient = pytest.importorskip("nbclient", reason=reason)
    pytest.importorskip("ipykernel", reason=reason)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    environment = {k: v for k, v in os.environ.items() if k not in ("ATO_DB", "JPY_SESSION_NAME")}
    client = nbclient.NotebookClient(
        book,
        timeout=120,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env={**environment, **variables})
    return [Cell(cell) for cell in book.cells]


class Cell:
    """A cell that ran."""

    def __init__(self, cell):
        self.outputs = cell.outputs

    @property
    def printed(self):
        """What it wrote to standard output."""
        return self._stream("stdout")

    @property
    def said(self):
        """What it wrote to standard error."""
        return self._stream("stderr")

    def _stream(self, name):
        of_kind = [one for one in self.outputs if one.output_type == "stream"]
        return "".join(one.text for one in of_kind if one.name == name)

    @property
    def errors(self):
        return ["\n".join(one.traceback) for one in self.outputs if one.output_type == "error"]

    def shown(self, kind="text/plain"):
        """What it displayed, or what its last line gave."""
        data = [one.data for one in self.outputs if hasattr(one, "data")]
        return "".join(one.get(kind, "") for one in data)
