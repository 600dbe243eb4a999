"""The page of a site owner: what it says is decided here, how it looks in present/web."""
