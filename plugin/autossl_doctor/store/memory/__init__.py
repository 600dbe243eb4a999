"""What the doctor remembers of a server: `state.db`, readable for root only."""
