"""What pages and API lists show of batches. `pages` is what the HTML pages show."""
