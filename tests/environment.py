"""The fixed environment of tests and checks; run as a module it starts a command in it."""

import os
import subprocess
import sys
from pathlib import Path

FIXED = {
    "TESTING": "1",
    "DEBUG": "0",
    "VAR_DIR": str(Path(__file__).resolve().parent.parent / "var" / "test" / "files"),
    "SECRET_KEY": "only-for-tests-" * 5,
    "NOISE_SECRET": "only-for-tests-noise-" * 2,
    "CUSTOMER_KEY": "only-for-tests-customers-" * 2,
    "FIELD_KEYS": "ZGFnc2t1cnMtZGV2LWtleS1uZXZlci1mb3ItcmVhbCE=",
    "CELERY_EAGER": "1",
    "INTERNAL_PLATFORMS": "127.0.0.1",
    "REDIS_URL": "",
    "EMAIL_URL": "memorymail://",
    "LOG_LEVEL": "WARNING",
    "STATIC_MANIFEST": "0",
    "SITE_URL": "http://127.0.0.1:8000",
}

if __name__ == "__main__":
    sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, **FIXED}, check=False).returncode)
