# Each target sets up what it needs on a machine that has Python 3.11, git and make.
# PORT, DATABASE_URL and REDIS_URL are honoured.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: run test check bench lock messages gettext browser redis clean

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
WORKERS ?= 2
export PORT
export PYTHONDONTWRITEBYTECODE := 1

run: .venv/run.done locale/compiled.done
	$(BIN)/python -m config.first_start
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py load_demo --once
	$(BIN)/honcho start --no-prefix

test: .venv/dev.done locale/compiled.done browser redis
	$(BIN)/python -m tests.lanes $(WORKERS)

check: .venv/dev.done locale/compiled.done gettext
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --quiet --lint cms coaching literacy
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/python -m tests.environment $(BIN)/mypy .
	$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive cms coaching config literacy
	$(BIN)/python -m tests.environment $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tests.environment $(BIN)/python -m tests.messages

bench: .venv/dev.done locale/compiled.done
	$(BIN)/python -m bench

# Sets up

.venv/run.done: requirements.txt
	[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/dev.done: requirements-dev.txt .venv/run.done
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

locale/compiled.done: $(wildcard locale/*/LC_MESSAGES/django.po locale/wagtail/*/LC_MESSAGES/django.po) .venv/run.done
	$(BIN)/python -m config.compile_messages
	touch $@

gettext:
	command -v xgettext > /dev/null || $(MAKE) --no-print-directory debian PACKAGE=gettext

browser:
	command -v chromium > /dev/null || $(MAKE) --no-print-directory debian PACKAGE=chromium

redis:
	command -v redis-server > /dev/null || $(MAKE) --no-print-directory debian PACKAGE=redis-server

.PHONY: debian
debian:
	[ "$$(id -u)" = 0 ] || { echo "$(PACKAGE) is missing: install it, or run this as root."; exit 1; }
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGE) > /dev/null

# For developers

lock: .venv/dev.done
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt

messages: .venv/dev.done
	command -v xgettext > /dev/null || $(MAKE) --no-print-directory debian PACKAGE=gettext
	DEBUG=1 $(BIN)/python manage.py makemessages --locale sv --locale nb --locale da --ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*' --ignore 'bench/*' --no-wrap --no-location

clean:
	rm -rf .venv var locale/compiled.done .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
