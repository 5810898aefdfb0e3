"""What people say to attach a barcode to an item."""

from wtforms import HiddenField

from app.catalog.services.barcodes import LONGEST
from app.platform.form_fields import ReadField
from app.platform.pages import PageForm


class AttachForm(PageForm):
    """`item` by its code. `sure`: also where something loses a barcode by it."""

    item = ReadField("Item", need="Which item is it?")
    barcode = ReadField("Barcode", need="Which barcode?", limit=LONGEST)
    sure = HiddenField()
