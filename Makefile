# `make lab` opens the notebooks, `make test` runs every test, `make` alone lists all commands.
# Without make: the README has the same in plain pip lines.

VENV := .venv
DATA := .venv-data
TRUST := .venv-trust
FRESH := .venv-constraints
OLDEST := .venv-oldest
FIRST := notebooks/00_start_here.ipynb

# What you may set: PYTHON=python3.12  LAB_ARGS=--no-browser  ARGS="tests/picture/test_raster.py -x"
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
LAB_ARGS :=
ARGS :=
# owner/name on GitHub: all that the site's links to Binder and to the source are made from.
REPOSITORY :=

# Everything is installed at the versions that the tests ran on.
PIP := -m pip -qq --disable-pip-version-check
INSTALL := $(PIP) install --constraint constraints.txt
SETTINGS := pyproject.toml constraints.txt
# Every notebook is run once more in a fresh kernel and must give what it stores.
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout=240 \
         --nbval-sanitize-with tests/nbval_sanitize.cfg -p tests.notebook_limits
# Files run side by side. What ARGS picks runs alone, as a debugger wants it. In the order of the
# folders, files of one folder share its browser, and the notebooks, all short, come last.
PARALLEL := $(if $(ARGS),,--numprocesses=logical --maxprocesses=4 --dist=loadfile \
    --no-loadscope-reorder)
# Jupyter refuses root unless told; who is root here, in a container say, has chosen so already.
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: help lab test test-data test-oldest notebooks screenshots bench score trust scale site lint constraints clean

.PHONY: chromium # no command of its own

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

lab: $(VENV)/lab ## open JupyterLab at the first notebook
	@$(VENV)/bin/jupyter lab $(ROOT) --LabApp.default_url=/lab/tree/$(FIRST) $(LAB_ARGS)

test: chromium $(VENV)/test ## run all tests, the notebooks and a real browser included
	@$(VENV)/bin/python tools/chromium.py install
	@$(VENV)/bin/python -m pytest $(NBVAL) $(PARALLEL) $(ARGS)

# Before the minutes of installing: whoever starts `make test` learns at once what it installs.
chromium: | $(VENV)/bin/python
	@$(VENV)/bin/python tools/chromium.py install

test-data: $(DATA)/data ## make a small sample of the bundled data anew (installs torch)
	@$(DATA)/bin/python -m pytest tests/glyphs/pipeline $(ARGS)

# A page that quotes what the newest libraries say.
MESSAGES := tests/data/test_bad_input.py::test_the_table_in_the_documentation_is_that_of_the_tests

# scikit-learn's checks at its oldest version here want the variable.
test-oldest: $(OLDEST)/test ## test the modules at the lowest versions that pyproject.toml allows
	@SCIPY_ARRAY_API=1 $(OLDEST)/bin/python -m pytest tests --ignore tests/browser \
	    --ignore tests/project --deselect $(MESSAGES) -W default $(ARGS)

notebooks: $(VENV)/lab ## execute all notebooks in fresh kernels and write them back
	@$(VENV)/bin/python tools/notebooks.py execute $(ARGS)

screenshots: chromium $(VENV)/test ## photograph the explorer for notebook 20
	@$(VENV)/bin/python -m tests.browser.screenshots

bench: chromium $(VENV)/test ## time cold starts, files, a browser, and every technique
	@$(VENV)/bin/python tools/chromium.py install
	@$(VENV)/bin/python -m tests.benchmarks.bench $(ARGS)

score: $(VENV)/lab ## say of every technique how much its colors tell
	@$(VENV)/bin/python -m tests.benchmarks.score $(ARGS)

trust: $(TRUST)/trust ## ask a second model of the eye, and other data, how far the score holds
	@$(TRUST)/bin/python -m pytest -q tests/benchmarks/check_second_eye.py
	@$(TRUST)/bin/python -m tests.benchmarks.trust $(ARGS)

scale: $(VENV)/lab ## color, draw and zoom up to 36 million points on two small workers (12 GB of disk)
	@$(VENV)/bin/python -m tests.benchmarks.scale $(ARGS)

site: $(VENV)/site ## build the static site in docs/_build/html (the first time some minutes)
	@REPOSITORY=$(REPOSITORY) $(VENV)/bin/python -m tools.site $(ARGS)

lint: $(VENV)/test ## check the style of the code
	@$(VENV)/bin/ruff check .

constraints: $(FRESH)/bin/python ## renew all pins but torch's (then run the tests)
	@echo "Installing the newest versions into $(FRESH) …"
	@$(FRESH)/bin/python $(PIP) install -e '.[test,mrpt,data]' "$$(grep '^torch==' constraints.txt)"
	@$(FRESH)/bin/python tools/constraints.py > constraints.new
	@mv constraints.new constraints.txt
	@rm -r $(FRESH)

clean: ## remove the environments and everything else that was made here
	@rm -rf $(VENV) $(DATA) $(TRUST) $(FRESH) $(OLDEST) dist docs/_build .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -r {} +

# One file in an environment says that it is complete, so that a second call is instant.
$(VENV)/lab: $(SETTINGS) | $(VENV)/bin/python
	@echo "Installing into $(VENV) (some minutes, once) …"
	@$(VENV)/bin/python $(INSTALL) --editable '.[all]'
	@touch $@

$(VENV)/test: $(VENV)/lab
	@echo "Installing the test tools …"
	@$(VENV)/bin/python $(INSTALL) --editable '.[test]'
	@touch $@

$(VENV)/site: $(VENV)/lab
	@echo "Installing Sphinx …"
	@$(VENV)/bin/python $(INSTALL) --editable '.[site]'
	@touch $@

$(OLDEST)/test: pyproject.toml | $(OLDEST)/bin/python
	@echo "Installing the lowest versions into $(OLDEST) …"
	@$(OLDEST)/bin/python $(PIP) install uv
	@$(OLDEST)/bin/uv pip install --quiet --python $(OLDEST)/bin/python \
	    --resolution lowest-direct --editable '.[test]'
	@touch $@

$(DATA)/data: $(SETTINGS) | $(DATA)/bin/python
	@echo "Installing into $(DATA), torch included (some minutes, once) …"
	@$(DATA)/bin/python $(INSTALL) --editable '.[data]' pytest pytest-timeout
	@touch $@

# Only files of these two are read. What they depend on, torch too, is not needed.
$(TRUST)/trust: $(SETTINGS) | $(TRUST)/bin/python
	@echo "Installing into $(TRUST) (some minutes, once) …"
	@$(TRUST)/bin/python $(INSTALL) --editable '.[formats]' pytest pytest-timeout
	@$(TRUST)/bin/python $(PIP) install --no-deps cvvdp==0.5.7 scanpy==1.11.5
	@touch $@

# A python3 may be too old beside a newer python3.12, or be a shim that does not run: ask it.
%/bin/python:
	@for python in $(PYTHONS); do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || continue; \
	    $$python -c 'import ensurepip' 2> /dev/null || \
	        { echo "$$python cannot make environments. Debian: apt install python3-venv" >&2; exit 1; }; \
	    exec $$python -m venv $(@D)/..; \
	done; \
	echo "Python 3.11 or newer is needed; found none as: $(PYTHONS). Name one: make PYTHON=…" >&2; exit 1
