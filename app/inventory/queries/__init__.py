"""What pages and API lists show of stock: frozen rows, one SQL statement each. They change nothing."""
