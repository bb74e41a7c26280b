"""Where figures are taken: a throw-away PostgreSQL with the modules loaded, in this process."""

import os

from tests import databases, environment

LOADED_FROM = ("fixtures/**/*.yaml", "literacy/modulefiles/*.py", "cms/blocks/*.py")


def prepare() -> None:
    """Set up Django on a clone of a database in which the modules were loaded once."""
    os.environ |= environment.FIXED
    server = databases.Postgres()
    commands = (("migrate", "--verbosity=0"), ("load_modules", "--verbosity=0"))
    template = server.template("bench", LOADED_FROM, *commands)
    _enter(server.clone(template, "bench"))


def enter() -> None:
    """Set up Django on the database of the process that started this one."""
    _enter(os.environ["DATABASE_URL"])


def _enter(database_url: str) -> None:
    os.environ["DATABASE_URL"] = database_url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    from django.conf import settings

    django.setup()
    settings.ROOT_URLCONF = "bench.urls"
