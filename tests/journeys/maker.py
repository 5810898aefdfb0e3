"""A maker at her browser: each method is one thing that she does."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, Response, expect

from tests.cast import PASSWORD


class Maker:
    """One person, one browser window."""

    def __init__(self, browser: Browser, server: str, slug: str, pictures: Path, *, width: int, theme: str) -> None:
        size = {"width": width, "height": 844 if width < 600 else 900}
        self._window = browser.new_context(viewport=size, color_scheme=theme)  # type: ignore[arg-type]
        self.page: Page = self._window.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._server, self._home = server, f"{server}/o/{slug}"
        self._pictures, self._look = pictures, f"{width}-{theme}"

    def close(self) -> None:
        """Close the window."""
        self._window.close()

    def go(self, path: str) -> None:
        """Open a page of the workshop."""
        self.page.goto(f"{self._home}{path}")

    def picture(self, name: str) -> None:
        """Keep a picture of what is on the screen. Hiding the caret would write styles that the CSP refuses."""
        self.page.screenshot(path=self._pictures / f"{name}-{self._look}.png", caret="initial")

    def sign_in(self, email: str) -> None:
        """Sign in on the page that is open."""
        self.fill_in(self.page, email)

    @staticmethod
    def fill_in(page: Page, email: str) -> None:
        """Sign in on this page, and wait until it has let one in."""
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(re.compile(r"^[^?]*/(o|q)/"))  # not the sign-in page, whose address says where one goes next

    def make_material(self, name: str, unit: str, density: str | None = None) -> None:
        """Write down something that is kept in stock."""
        self.go("/items/new")
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.locator("[name=unit]").fill(unit)
        if density:
            self.page.locator("[name=density]").fill(density)
        self._send("form [name=name]")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(name)

    def receive(self, code: str, quantity: str, total: str, *, lot: str | None = None) -> None:
        """Receive a lot and see it on the shelf."""
        self.go(f"/items/{code}/receive")
        self.page.locator("[name=quantity]").fill(quantity)
        self.page.locator("[name=cost]").fill(total)
        if lot:
            self.page.locator("[name=supplier]").fill("Northfold Soap Supply")
            self.page.locator("[name=supplier_lot]").fill(lot)
        self._send("form [name=quantity]")
        expect(self.page).to_have_url(re.compile(rf"/items/{code}([?#]|$)"))

    def write_recipe(self, name: str, amount: str, lines: list[tuple[str, str]]) -> None:
        """Write a recipe whose product is new."""
        self.go("/recipes/new")
        self.page.locator("[name=name]").fill(name)
        self.page.locator("[name=makes]").fill(name)
        self.page.locator("[name=amount]").fill(amount)
        for n, (thing, quantity) in enumerate(lines):
            rows = self.page.locator("li.lrow")
            while rows.count() <= n:
                self.page.get_by_role("button", name="Add a line").click()
            rows.nth(n).get_by_label("Material or recipe").fill(thing)
            rows.nth(n).get_by_label("Amount with unit").fill(quantity)
        self.page.get_by_role("button", name="Keep recipe").click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(name)

    def plan(self, recipe: str) -> None:
        """Open the plan of one making."""
        self.go("/batches/plan")
        self.page.get_by_role("searchbox", name="Find a recipe").fill(recipe)
        self.page.locator("#recipes").get_by_role("link", name=recipe, exact=True).click()
        expect(self.page.locator("#make")).to_be_visible()

    def start(self) -> str:
        """Start what is planned on the screen; gives the batch's label."""
        self.page.get_by_role("button", name="Start", exact=True).click()
        self.page.wait_for_url(re.compile(r"/batches/[A-Z]"))
        return self.page.url.rpartition("/")[2]

    def finish(self, made: str) -> None:
        """Finish the batch on the screen, in its drawer."""
        self.page.get_by_role("link", name="Finish").click()
        drawer = self.page.locator("form:has([name=made])")
        drawer.locator("[name=made]").fill(made)
        drawer.get_by_role("button", name="Finish batch").click()
        expect(self.page.get_by_text("Came out", exact=True)).to_be_visible()

    def undo(self) -> None:
        """Take back what was just done, from the toast."""
        with self.page.expect_response(_is_post):
            self.page.get_by_role("button", name="Undo").click()
        self.page.wait_for_load_state()

    def _send(self, field: str) -> None:
        form = self.page.locator(f"form:has({field.removeprefix('form ')})").last
        with self.page.expect_response(_is_post):  # a click does not wait for the answer, and what follows must
            form.locator("button.btn-1[type=submit], button.btn-1:not([type])").last.click()
        self.page.wait_for_load_state()


def _is_post(answer: Response) -> bool:
    """What was sent is answered; that a preview was drawn meanwhile is no answer to it."""
    return answer.request.method == "POST" and not answer.url.rstrip("/").endswith("/preview")
