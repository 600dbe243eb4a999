"""Messages in the languages of the panel, read back into English: by its lexicons, or by what is never translated."""
