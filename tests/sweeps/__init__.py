"""Every door of the house, found by walking the URL map: who may enter, whose things lie there, what junk does."""
