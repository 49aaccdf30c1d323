# Works on a fresh machine with Python 3.11 to 3.14, make and pip; PYTHON names another one.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Training in an environment of its own, so that all else is tested without torch.
TRAIN := .venv-training
# Of the rehearsal: patients and split.
SEED := 0
# Options of pip that lead it to the CPU build of torch, if it does not find it by itself.
TORCH ?=
LEARNING := tests/train tests/recipes tests/studies tests/segment tests/locate \
	tests/house_rules/test_doors.py
EXAMPLE := examples/data/LCTSC-Test-S1-201.zip

.PHONY: demo docs site test fuzz slow training training-slow rehearsal lint check bench format clean

demo: $(VENV)/installed  ## Score the example scan that comes with the project.
	$(BIN)/corcal score $(EXAMPLE) -o out/demo --force

# Each file stays in one process, so that what its tests share is made once.
test: $(VENV)/installed-dev  ## Run the fast tests, in as many processes as there are cores.
	$(BIN)/python -m pytest -m "not slow" -n auto --dist loadfile $(ARGS)

fuzz: $(VENV)/installed-dev  ## Try a hundred thousand mutants of every format; goes on where it was.
	$(BIN)/python -m tests.fuzz --mutants 100000 --state out/fuzz

slow: $(VENV)/installed-dev  ## Run the tests that take longer.
	$(BIN)/python -m pytest -m slow $(ARGS)

training: $(TRAIN)/installed  ## Run the tests of training; the CPU build of torch is enough.
	$(TRAIN)/bin/python -m pytest -m "training and not slow" $(LEARNING) $(ARGS)

training-slow: $(TRAIN)/installed  ## The rehearsal with three seeds, each from contours to a scored scan.
	$(TRAIN)/bin/python -m pytest -m "training and slow" $(LEARNING) $(ARGS)

rehearsal: $(TRAIN)/installed  ## From contours to a scored scan with a model that has to learn: twelve minutes on two cores.
	rm -rf out/rehearsal
	$(TRAIN)/bin/python examples/rehearsal.py out/rehearsal --seed $(SEED)

lint: $(VENV)/installed-dev  ## Style, types and who may import whom.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## Everything a change has to pass.

docs: $(VENV)/installed  ## Make the pages that are made from the code.
	$(BIN)/corcal settings --page > docs/settings.md

site: $(VENV)/installed-dev  ## Build the site of docs/ into out/site; a broken link is an error.
	$(BIN)/python -m mkdocs build --strict --quiet
	@echo "open out/site/index.html"

bench: $(VENV)/installed-dev  ## Seconds and share of every step, on this machine.
	$(BIN)/python -m benchmarks.speed

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(TRAIN) build dist out

# The installation is editable, so that only a change of pyproject.toml calls for a new one.
$(VENV)/installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $(VENV)/installed $@

# torch first and held fast: nnU-Net would bring a CUDA build of several GB.
$(TRAIN)/installed: pyproject.toml | $(BIN)/python
	@test -x $(TRAIN)/bin/python || $(BIN)/python -m venv --without-pip $(TRAIN)
	@printf 'torch==2.13.0\ntorchvision==0.28.0\n' > $(TRAIN)/keep.txt
	$(BIN)/python -m pip --python $(TRAIN)/bin/python install --quiet --disable-pip-version-check \
		$(TORCH) -r $(TRAIN)/keep.txt
	$(BIN)/python -m pip --python $(TRAIN)/bin/python install --quiet --disable-pip-version-check \
		-c $(TRAIN)/keep.txt -e ".[train]" hypothesis pytest
	@touch $@

# Some systems ship Python without the pip that a venv copies; the pip of the system then puts
# one there.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
		{ echo "corcal needs Python 3.11 to 3.14; name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || \
		{ $(PYTHON) -m venv --clear --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $(VENV)/bin/python install --quiet pip; } || \
		{ rm -rf $(VENV); echo "$(PYTHON) can make no venv; install python3-venv or pip."; exit 1; }
