# Every command of development; `make` alone lists them.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help venv conventions manifest format check test test-system test-slow bench soak cause demo lock release clean

BIN := .venv/bin
SCRIPTS := install.sh uninstall.sh .ci/run tools/environment.sh tools/pytest-kind.sh tools/release/scriptlets.sh \
	$(wildcard plugin/system/setup/*.sh) plugin/system/libexec/autossl-doctor plugin/system/libexec/hook \
	plugin/system/libexec/after-panel-update
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: ## make or refresh .venv: the locked tools and this checkout
	@tools/environment.sh --with-package .venv requirements/dev.txt

format: venv ## put the code into its form
	@$(BIN)/ruff check --fix --exit-zero --quiet
	@$(BIN)/ruff format

check: venv ## everything that is judged without running a test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/shellcheck $(SCRIPTS)

test: venv ## set up what is needed and run every test
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n auto -m "not system and not slow"
	@$(MAKE) --no-print-directory test-system

test-system: venv ## the tests that need a browser, a server, root or the package index; says what is missing
	@tools/pytest-kind.sh system

test-slow: venv ## the tests that take longer than the core may
	@tools/pytest-kind.sh slow

bench: venv ## compare with other tools on the sample hosts
	@tools/environment.sh .venv-bench requirements/bench.txt
	$(BIN)/python -m tests.bench

soak: venv ## noise and damaged hosts, a lot of both: LINES=1000000 DAMAGES=10000 SEED=1
	$(BIN)/python -m tests.soak

cause: venv ## begin a new cause: make cause ID=http_teapot
	@$(BIN)/python -m tools.new_cause "$(ID)"

demo: ## build the sample host, print its diagnosis and let the stand-in with the page stand
	@./install.sh --demo

conventions: venv ## write docs/conventions.md from the points and the tests that prove them
	@$(BIN)/python -m tools.conventions

manifest: venv ## write what is made from cpanel_plugin.yaml
	@$(BIN)/python -m tools.manifest

lock: venv ## choose versions anew and write them down with their hashes
	$(COMPILE) --upgrade --extra dev --output-file requirements/dev.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --extra demo --output-file requirements/demo.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --output-file requirements/runtime.txt pyproject.toml
	$(COMPILE) --upgrade --output-file requirements/bench.txt requirements/bench.in

release: venv ## build dist/: the bundle, RPM and deb of the last commit, the same bytes every time
	@$(BIN)/python -m tools.release

clean: ## remove everything that was made
	@./uninstall.sh
	@rm -rf .venv-bench build dist plugin/*.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find plugin tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
