"""Pages that write recipes: a new one, and the next version of one."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages as platform_pages
from app.platform.commands import Answer
from app.platform.web import current_actor, requires
from app.recipes.forms import filling, reading
from app.recipes.forms.recipe import RecipeForm
from app.recipes.queries import pages
from app.recipes.services import references, structure, versions

bp = Blueprint("recipes_writing", __name__, url_prefix="/o/<slug>", template_folder="../templates")
