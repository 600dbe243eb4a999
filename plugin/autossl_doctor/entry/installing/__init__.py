"""Putting the doctor into cPanel's places, keeping it there, and telling whether it still is."""
