"""The shapes of what people type at identity's pages."""
