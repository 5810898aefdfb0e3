"""BatchTrack: the book of small-batch makers."""
