"""How fast it is: what an update takes each engine, and others."""
