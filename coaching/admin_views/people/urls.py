"""Addresses of the room, below /cms/people/; the guard stands around all of them."""

from django.urls import path
from wagtail.utils.urlpatterns import decorate_urlpatterns

from coaching.admin_views.access import administrators_only
from coaching.admin_views.people import files, person, roster, teams

app_name = "people"

urlpatterns = decorate_urlpatterns(
    [
        path("", roster.index, name="index"),
        path("add/", person.add, name="add"),
        path("file/", files.index, name="file"),
        path("teams/", teams.index, name="teams"),
        path("teams/<int:pk>/", teams.change, name="team"),
        path("<int:pk>/", person.detail, name="person"),
        path("<int:pk>/role/", person.give_role, name="give_role"),
        path("<int:pk>/role/<int:membership_pk>/end/", person.end_role, name="end_role"),
        path("<int:pk>/leave/", person.leave, name="leave"),
        path("<int:pk>/invite/", person.invite, name="invite"),
    ],
    administrators_only,
)
