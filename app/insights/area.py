"""Registers insights: today's page, the way to what is scanned, the export of everything, and where they stand."""

from flask import Flask

from app.insights import views
from app.kernel.permissions import Permission
from app.platform import navigation
from app.platform.navigation import Way

_WAYS = (
    Way("Today", "sun-high", "insights.today", Permission.INVENTORY_VIEW, 10, keys="g t"),
    Way("Today", "sun-high", "insights.today", Permission.INVENTORY_VIEW, 10, place="dock"),
    Way("Find or do", "search", "insights.palette", Permission.INVENTORY_VIEW, 0, place="find"),
    Way("Keyboard shortcuts", "keyboard", "insights.shortcuts", Permission.INVENTORY_VIEW, 90, place="help", keys="?"),
    Way("Export", "download", "insights.export", Permission.DATA_EXPORT, 70, place="settings"),
)


def register(app: Flask) -> None:
    """Wire insights into `app`."""
    app.register_blueprint(views.bp)
    navigation.add(app, *_WAYS)
