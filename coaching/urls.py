"""Addresses of the learner's own pages, below /<lang>/my/."""

from django.urls import path

from coaching import views

urlpatterns = [
    path("", views.my_day, name="my_day"),
    path("suggestions/<int:pk>/<slug:decision>/", views.decide, name="suggestion_decide"),
    path("suggestions/another/", views.ask_for_another, name="suggestion_another"),
    path("data/", views.my_data, name="my_data"),
    path("data/export/", views.export, name="my_export"),
    path("data/team-levels/", views.change_objection, name="my_objection"),
    path("data/erase/", views.erase, name="my_erase"),
]
