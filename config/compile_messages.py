"""Compile the message catalogues without any system package."""

from pathlib import Path

import polib

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    for catalogue in root.glob("locale/**/django.po"):
        polib.pofile(str(catalogue)).save_as_mofile(str(catalogue.with_suffix(".mo")))
