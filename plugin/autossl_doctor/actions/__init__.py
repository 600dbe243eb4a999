"""What an account can start by itself: which action, whether it may happen now, and the official call that does it."""
