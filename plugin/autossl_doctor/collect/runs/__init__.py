"""The log directory of AutoSSL: which runs there are, what state they are in, and what they say."""
