# These commands set everything up on a fresh machine with Python 3.8 or newer:
#   make demo   the main job, on real data
#   make venv   what contributors need, for `. .venv/bin/activate`
#   make test   the whole matrix over the interpreters that are present

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := $(foreach name,ato-adict ato-scope ato-trace ato-hyperband ato-sql,-e packages/$(name)) -e 'packages/ato[ui]'

.PHONY: demo venv test bench docs clean

$(BIN)/nox:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet 'nox[uv]>=2024.4.15'

$(VENV)/.installed: $(BIN)/nox $(wildcard packages/*/pyproject.toml) VERSION
	$(BIN)/uv pip install --quiet --python $(BIN)/python $(PACKAGES) scikit-learn
	touch $@

demo: $(VENV)/.installed
	$(BIN)/python docs/examples/digits/demo.py

venv: $(VENV)/.installed
	$(BIN)/uv pip install --quiet --python $(BIN)/python pre-commit

test: $(BIN)/nox
	$(BIN)/nox

bench: $(BIN)/nox
	$(BIN)/nox -s bench

docs: $(BIN)/nox
	$(BIN)/nox -s docs

clean:
	rm -rf $(VENV) .nox dist site
