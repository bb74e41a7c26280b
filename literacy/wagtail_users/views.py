"""The list of accounts: names and access, no last sign-in, no filter, no export."""

from typing import Any

from django.utils.functional import cached_property
from wagtail.users.views import users


class IndexView(users.IndexView):
    filterset_class = None
    FORMATS = ()

    @cached_property
    def columns(self) -> list[Any]:
        return [column for column in super().columns if column.name != "last_login"]


class UserViewSet(users.UserViewSet):
    index_view_class = IndexView
    filterset_class = None
