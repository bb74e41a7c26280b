"""Addresses outside the language prefix: where to start, and switching the language."""

from django.urls import path

from literacy import views_root

urlpatterns = [
    path("", views_root.front, name="front"),
    path("start/", views_root.start, name="start"),
    path("start/cms/", views_root.cms_sign_in, name="cms_sign_in"),
    path("language/", views_root.set_language, name="set_language"),
]
