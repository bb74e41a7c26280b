"""Every setting of Dagskurs, read from the environment.

A malformed value stops the start with a sentence that names the variable. Defaults let a
clone run with nothing installed: SQLite, channels in memory, Celery over files in `var/`.
"""

import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
environ.Env.read_env(VAR_DIR / "secrets.env")


def flag(name: str, default: bool) -> bool:
    value = env.str(name, default=str(int(default))).strip().lower()
    if value not in {"0", "1", "true", "false", "on", "off", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value in {"1", "true", "on", "yes"}


def number(name: str, default: int, *, least: int = 0) -> int:
    value = env.str(name, default=str(default)).strip()
    if not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} up, not {value!r}.")
    return int(value)


def choice(name: str, default: str, allowed: set[str]) -> str:
    value = env.str(name, default=default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {sorted(allowed)}, not {value!r}.")
    return value


def address(name: str, default: str, schemes: set[str]) -> str:
    value = env.str(name, default=default)
    if value and (urlsplit(value).scheme not in schemes or not urlsplit(value).netloc):
        raise ImproperlyConfigured(f"{name} must be a full {'/'.join(sorted(schemes))} address.")
    return value


def secret(name: str, *, bytes_at_least: int = 32) -> str:
    """A secret from the environment; missing is allowed only while DEBUG is on."""
    value = env.str(name, default="")
    if not value and DEBUG:
        return f"not-a-secret-for-development-only-{name.lower()}"
    if len(value) < bytes_at_least:
        raise ImproperlyConfigured(
            f"{name} is missing or shorter than {bytes_at_least} characters. "
            "`make run` writes random ones to var/secrets.env; in production set it yourself."
        )
    return value


def fernet_keys(name: str) -> list[str]:
    keys = [key.strip() for key in env.str(name, default="").split(",") if key.strip()]
    if not keys and DEBUG:
        return ["ZGFnc2t1cnMtZGV2LWtleS1uZXZlci1mb3ItcmVhbCE="]
    try:
        [Fernet(key) for key in keys]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must hold Fernet keys, newest first.") from error
    if not keys:
        raise ImproperlyConfigured(f"{name} is missing: give one or more Fernet keys.")
    return keys


# What this installation is

DEBUG = flag("DEBUG", False)
TESTING = flag("TESTING", False)
SITE_URL = address("SITE_URL", "http://127.0.0.1:8000", {"http", "https"}).rstrip("/")
ORGANISATION_NAME = env.str("ORGANISATION_NAME", default="Dagskurs")

SECRET_KEY = secret("SECRET_KEY", bytes_at_least=50)
NOISE_SECRET = secret("NOISE_SECRET")
CUSTOMER_KEY = secret("CUSTOMER_KEY")
SENTIMENT = choice("SENTIMENT", "embeddings", {"embeddings", "words", "off"})
INTERNAL_PLATFORMS = env.list("INTERNAL_PLATFORMS", default=[])  # hosts in our own network
FIELD_KEYS = fernet_keys("FIELD_KEYS")

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname or "", "127.0.0.1", "localhost"]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_SITE_NAME = "Dagskurs"

# Apps and middleware

INSTALLED_APPS = [
    "config",
    "coaching",
    "literacy",
    "cms",
    "literacy.wagtail_users.apps.UsersConfig",  # the list of accounts, without last sign-in
    "wagtail.contrib.settings",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.snippets",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "treebeard",
    "allauth",
    "allauth.account",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "channels",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "config.middleware.measure",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "literacy.languages.reader_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "literacy.navigation.navigation",
            ],
        },
    },
]

# Database: one for the product, one alias that may read released cells alone

DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'dagskurs.sqlite3'}")
RELEASE_ROLE = env.str("RELEASE_ROLE", default="release_reader")
UNDER_ASGI = flag("UNDER_ASGI", False)

try:
    DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(DATABASE_URL)}
except (ValueError, environ.ImproperlyConfigured) as error:
    raise ImproperlyConfigured("DATABASE_URL is not a database address.") from error
IS_POSTGRES = DATABASES["default"]["ENGINE"].endswith("postgresql")
if not IS_POSTGRES and not DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    raise ImproperlyConfigured("DATABASE_URL must name PostgreSQL or SQLite.")

DATABASES["default"]["CONN_MAX_AGE"] = 0 if UNDER_ASGI else 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = not UNDER_ASGI
given_options = DATABASES["default"].get("OPTIONS", {})
if IS_POSTGRES:
    pool = {"pool": {"min_size": 1, "max_size": 8}} if UNDER_ASGI else {}
    DATABASES["release"] = {**DATABASES["default"], "OPTIONS": {**given_options}}
    DATABASES["default"]["OPTIONS"] = {**given_options, **pool}
else:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["release"] = {**DATABASES["default"]}
DATABASES["release"]["TEST"] = {"MIRROR": "default"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis, Celery, channels, cache

REDIS_URL = address("REDIS_URL", "", {"redis", "rediss", "unix"})
WEB_PROCESSES = number("WEB_PROCESSES", 1, least=1)

if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"visibility_timeout": 3600}
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    }
else:
    QUEUE_DIR = VAR_DIR / "queue"
    for folder in ("messages", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "folder://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
    }
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

CELERY_TASK_ALWAYS_EAGER = flag("CELERY_EAGER", False)
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# Languages and time

LANGUAGE_CODE = "en"
SITE_LANGUAGE = choice("SITE_LANGUAGE", "sv", {"sv", "nb", "da"})
LANGUAGES = [("en", _("English")), ("sv", "Svenska"), ("nb", "Norsk bokmål"), ("da", "Dansk")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
WAGTAILSIMPLETRANSLATION_SYNC_PAGE_TREE = False
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "wagtail"]  # what Wagtail lacks
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Stockholm")
CELERY_TIMEZONE = TIME_ZONE
if TIME_ZONE not in zoneinfo.available_timezones():
    raise ImproperlyConfigured(f"TIME_ZONE must be an IANA name, not {TIME_ZONE!r}.")

# Static files and uploads

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATIC_MANIFEST = flag("STATIC_MANIFEST", not (DEBUG or TESTING))
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
PRIVATE_ROOT = VAR_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
IMPORT_MAX_BYTES = number("IMPORT_MAX_BYTES", 1_000_000_000, least=1)

# Sign-in: password by e-mail; limits per account, and per address wide enough for an office

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "literacy.accounts.RoleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "literacy.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # the letter would invite them to sign up
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/5m/key,600/5m/ip",
    "reset_password": "5/h/key,60/h/ip",
    "login": "600/m/ip",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
WAGTAILADMIN_LOGIN_URL = "cms_sign_in"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
SESSION_COOKIE_AGE = 14 * 24 * 3600
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 100,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Dagskurs",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_URLCONF": "config.api",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # it walks Wagtail's own API, which is not documented
}

# Mail

EMAIL_URL = env.str("EMAIL_URL", default="consolemail://")
globals().update(env.email_url_config(EMAIL_URL))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="dagskurs@localhost")

# Security: what the site's address says decides whether cookies are for HTTPS alone

IS_HTTPS = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# Learning, suggestions and release: the numbers and where they come from stand in docs/

RELEASE_K = number("RELEASE_K", 8)
REVIEW_FUZZ = not TESTING  # spread due dates by a day or two, so that not all come at once
LOGGING_CONFIG = "config.logs.configure"
LOGGING: dict[str, Any] = {
    "level": choice("LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"})
}
