"""The shape of what people type on the pages of stock. Each form says what its command is told."""
