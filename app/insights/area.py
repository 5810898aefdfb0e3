"""Registers insights: today's page, the way to what is scanned, the export of everything, and where they stand."""

from flask import Flask

from app.insights import views
from app.kernel.permissions import Permission
from app.platform import navigation
from app.platform.navigation import Way

_WAYS = (
    Way("Today", "sun-high", "insights.today", Permission.INVENTORY_VIEW, 10),
    Way("Today", "sun-high", "insights.today", Permission.INVENTORY_VIEW, 10, place="dock"),
    Way("Scan", "scan", "insights.find", Permission.INVENTORY_VIEW, 20, place="dock"),
    Way("Scan or find", "scan", "insights.find", Permission.INVENTORY_VIEW, 55),
    Way("Export", "download", "insights.export", Permission.DATA_EXPORT, 70, place="settings"),
)


def register(app: Flask) -> None:
    """Wire insights into `app`."""
    app.register_blueprint(views.bp)
    navigation.add(app, *_WAYS)
