.PHONY: check test demo lock screens wheel clean

check:    ## All checks without the tests
	@./test --collect-only -q >/dev/null
	.venv-dev/bin/ruff check .
	.venv-dev/bin/ruff format --check .
	.venv-dev/bin/mypy
	.venv-dev/bin/lint-imports

test:     ## All checks and tests
	./test

demo:     ## The demo box
	./run

lock:     ## Renew both lock files from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate -q --upgrade -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate -q --upgrade -o requirements-dev.lock

screens:  ## Keep pictures of the screens under docs/screens/
	.venv-dev/bin/python -P -m docs.keep_screens
	.venv-dev/bin/python -P -m docs.keep_patrol_screens

wheel:    ## Build the wheel into dist/
	.venv-dev/bin/python -m hatchling build -t wheel

clean:    ## Remove environments and caches
	rm -rf .venv .venv-dev .venv-peers dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
