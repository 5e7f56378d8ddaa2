"""How a network learns: what was set up, the session that trains it, and the thread it runs in."""
