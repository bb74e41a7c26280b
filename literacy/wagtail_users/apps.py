"""Wagtail's app of users, with our listing in place of its own."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "literacy.wagtail_users.views.UserViewSet"
