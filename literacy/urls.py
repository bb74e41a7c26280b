"""Addresses of the module room, below /<lang>/modules/."""

from django.urls import path

from literacy import views, views_checks

urlpatterns = [
    path("", views.modules, name="modules"),
    path("<slug:slug>/", views.module, name="module"),
    path("<slug:slug>/place/", views.place, name="module_place"),
    path("<slug:slug>/answer/<slug:key>/", views.answer, name="module_answer"),
    path("<slug:slug>/finish/", views.finish, name="module_finish"),
    path("<slug:slug>/check/", views_checks.check, name="module_check"),
]
