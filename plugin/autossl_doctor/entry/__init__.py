"""Where people and programs come in; the only place where the rooms meet."""
