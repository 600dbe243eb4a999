"""One module per source on the host. Collectors read and arrange; they never judge."""
