"""Identity's pages: signing in and out, the way to one's organization, health."""
