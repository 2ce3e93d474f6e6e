# The commands of CONTRACT: run, test, check. Everything lives in .venv; nothing is installed by hand.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: run test test-vllm check install format debian clean
.DEFAULT_GOAL := run

run: $(VENV)/.installed  ## Install, fetch the models, serve page and API on http://127.0.0.1:7860
	$(BIN)/giljabi serve

test: $(VENV)/.installed-dev debian  ## Everything, the embedded engine's end-to-end included
	$(BIN)/giljabi models fetch
	$(BIN)/pytest -m "not e2e and not vllm" -q -n auto
	$(BIN)/pytest -m "e2e and not vllm" -n 2

test-vllm: $(VENV)/.installed-dev  ## Real vLLM on the processor, in its own environment
	$(BIN)/giljabi models fetch e5-small qwen2.5-coder-0.5b
	$(BIN)/giljabi engine prepare --profile cpu-trial
	$(BIN)/pytest -m vllm

check: $(VENV)/.installed-dev  ## Format, lint, types, architecture, unit tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest -m "not e2e and not proof and not vllm" -q -n auto

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

install: $(VENV)/.installed

# torch first and alone: a range would let pip take a newer build with gigabytes of CUDA.
$(VENV)/.installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade "pip>=26"
	$(BIN)/pip install --progress-bar on torch==2.13.0
	$(BIN)/pip install --progress-bar on --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --editable ".[dev]"
	touch $@

debian:  ## What the tests of the page, of PostgreSQL and of scans need; skipped where it is there
	@{ tesseract --list-langs 2>/dev/null | grep -qx kor && command -v pdftotext >/dev/null; } || \
		{ $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends tesseract-ocr tesseract-ocr-kor poppler-utils; }
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
		{ $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends postgresql; }
	@command -v chromium >/dev/null && fc-list :lang=ko 2>/dev/null | grep -q . || \
		{ $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends chromium fonts-nanum fontconfig; }

clean:
	rm -rf $(VENV) build dist *.egg-info
