"""The pages of subscriptions: plans and prices, what a smaller plan keeps, billing, what developer users give."""

from app.subscriptions.views import billing, developer, keeping, notices, plans, webhooks
from app.subscriptions.views.blueprint import WAYS, bp

__all__ = ["WAYS", "billing", "bp", "developer", "keeping", "notices", "plans", "webhooks"]
