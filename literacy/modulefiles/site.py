"""The tree that modules hang in: locales, a home page for each language, area pages."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

from literacy.languages import READER
from literacy.models import Area, AreaPage, HomePage
from literacy.modulefiles.content import fixed_id
from literacy.modulefiles.files import FOLDER, read_yaml

UNTOUCHED_WELCOME = {"depth": 2, "slug": "home", "title__startswith": "Welcome to your new"}


def load_site() -> dict[tuple[str, str], AreaPage]:
    """Make what is missing of the tree, touch nothing that is there.

    Shape: area pages by (area id, language).
    """
    words = read_yaml(FOLDER / "site.yaml")
    locales = {key: Locale.objects.get_or_create(language_code=key)[0] for key in READER}
    homes = {home.locale.language_code: home for home in HomePage.objects.select_related("locale")}
    for language in READER:
        if language not in homes:
            homes[language] = _make_home(words["home"], locales[language])
    _serve(homes[settings.SITE_LANGUAGE])
    pages = {
        (page.area_id, page.locale.language_code): page
        for page in AreaPage.objects.select_related("locale")
    }
    for area in Area.objects.all():
        for language in READER:
            if (area.pk, language) not in pages:
                lead = words["areas"][area.pk][language]
                page = _make_area(area, lead, homes[language])
                pages[area.pk, language] = page
    return pages


def _make_home(words: dict[str, dict[str, str]], locale: Locale) -> HomePage:
    language = locale.language_code
    home = HomePage(
        locale=locale,
        translation_key=fixed_id("home"),
        slug=language,
        **{name: text[language] for name, text in words.items()},
    )
    return _add(Page.get_first_root_node(), home)


def _make_area(area: Area, lead: str, home: HomePage) -> AreaPage:
    title = area.names[home.locale.language_code]
    page = AreaPage(
        locale=home.locale,
        translation_key=fixed_id(f"area/{area.pk}"),
        area=area,
        title=title,
        slug=slugify(title),
        lead=lead,
    )
    return _add(home, page)


def _add(parent: Page, page: Any) -> Any:
    parent.refresh_from_db()  # treebeard counts children on the row
    return parent.add_child(instance=page)


def _serve(home: HomePage) -> None:
    """Serve our home where a new installation has Wagtail's welcome page, or no site at all."""
    welcome = Page.objects.filter(**UNTOUCHED_WELCOME).first()
    site = Site.objects.filter(is_default_site=True).first()
    if site and (welcome is None or site.root_page_id != welcome.pk):
        return
    address = urlsplit(settings.SITE_URL)
    site = site or Site(is_default_site=True)
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.root_page = home
    site.site_name = "Dagskurs"
    site.save()
    if welcome:
        welcome.delete()
