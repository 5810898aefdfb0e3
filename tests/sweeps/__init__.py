"""Every door of the house, found by walking the URL map: who may enter, whose things lie behind, what it does with junk."""
