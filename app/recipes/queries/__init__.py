"""What pages and API lists show of recipes. `pages` is what the HTML pages show."""
