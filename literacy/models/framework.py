"""What can be learned: areas, competences, quality criteria and modules."""

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A row whose name exists in every language of the product."""

    id = models.CharField(primary_key=True, max_length=8)
    names = models.JSONField(
        _("names"), default=dict
    )  # {"en": ..., "sv": ..., "nb": ..., "da": ...}
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.names.get(get_language() or "en") or self.names.get("en", self.pk)


class Area(Named):
    class Meta(Named.Meta):
        verbose_name = _("area")
        verbose_name_plural = _("areas")


class Competence(Named):
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="competences")

    class Meta(Named.Meta):
        verbose_name = _("competence")
        verbose_name_plural = _("competences")


class Criterion(Named):
    """A quality criterion of our own vocabulary; a customer's form lines are mapped to it."""

    feeds = models.ManyToManyField(Competence, related_name="criteria")

    class Meta(Named.Meta):
        verbose_name = _("quality criterion")
        verbose_name_plural = _("quality criteria")


class Audience(models.TextChoices):
    AGENT = "A", _("Agents")
    MANAGER = "M", _("Managers")
    BOTH = "B", _("Everybody")


class Module(models.Model):
    """One five-minute module: one thing in three languages; its words live on its pages."""

    id = models.CharField(primary_key=True, max_length=8)  # "DL-01"
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="modules")
    competences = models.ManyToManyField(
        Competence, through="ModuleCompetence", related_name="modules"
    )
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    audience = models.CharField(max_length=1, choices=Audience.choices, default=Audience.AGENT)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    exercise = models.CharField(max_length=40)  # type of its exercise block
    triggers = models.JSONField(default=list, blank=True)  # signal ids of the curriculum
    mapping = models.JSONField(default=dict, blank=True)  # digcomp, ailit, article_4

    class Meta:
        ordering = ["id"]
        verbose_name = _("module")
        verbose_name_plural = _("modules")

    def __str__(self) -> str:
        return self.pk

    @property
    def slug(self) -> str:
        return self.pk.lower()

    @cached_property
    def competence_ids(self) -> list[str]:
        """The competences that it trains, the main one first."""
        return list(self.competence_links.values_list("competence_id", flat=True))

    @cached_property
    def titles(self) -> dict[str, str]:
        """Its title by language, for the languages in which it is live."""
        return dict(self.pages.filter(live=True).values_list("locale__language_code", "title"))


class ModuleCompetence(models.Model):
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="competence_links")
    competence = models.ForeignKey(
        Competence, on_delete=models.PROTECT, related_name="module_links"
    )
    position = models.PositiveSmallIntegerField()  # 0 is the main competence

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "competence"], name="module_competence_once")
        ]

    def __str__(self) -> str:
        return f"{self.module_id} {self.competence_id}"
