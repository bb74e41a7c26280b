"""Choose the lane before Django is set up: fixed environment, and this worker's own database.

A pytest plugin (named in pyproject.toml), because pytest-django loads settings before any
conftest. LANE is `sqlite` (default) or `postgres`; TEMPLATE is `migrated` or `demo`.
With KEEP_TEMPLATE=1 a template is made once and kept, whatever has changed since.
"""

import os

from tests import databases, environment

LANE = os.environ.get("LANE", "sqlite")
TEMPLATE = os.environ.get("TEMPLATE", "migrated")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
MIGRATE = ("migrate", "--verbosity=0")
CONTENT = {
    "migrated": ((), (MIGRATE,)),
    "demo": (
        ("cms/**/*.py", "literacy/**/*.py", "coaching/**/*.py", "fixtures/**/*.*"),
        (MIGRATE, ("load_demo", "--once")),
    ),
}


def database_url() -> str:
    """Clone the lane's template for this worker and return its address."""
    patterns, commands = CONTENT[TEMPLATE]
    if LANE == "postgres":
        server = databases.Postgres()
        template = server.template(TEMPLATE, patterns, *commands)
        return server.clone(template, f"unit_{TEMPLATE}_{WORKER}")
    file = databases.sqlite_template(TEMPLATE, patterns, *commands)
    return f"sqlite:///{databases.copy_sqlite(file, f'unit-{TEMPLATE}-{WORKER}')}"


def pytest_report_header() -> str:
    return f"lane: {LANE}, {TEMPLATE}"


if os.environ.get("KEEP_TEMPLATE"):
    databases.fingerprint = lambda *_patterns: "kept"
os.environ.update(environment.FIXED)
os.environ["DATABASE_URL"] = database_url()
