"""Addresses of the team pages, below /<lang>/team/."""

from django.urls import path

from coaching.reports import views

urlpatterns = [
    path("", views.team, name="team"),
    path("<slug:key>/", views.team, name="team_report"),
]
