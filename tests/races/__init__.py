"""Many people at once: nothing is sold twice, nobody is told of a lock, and the books stand afterwards."""
