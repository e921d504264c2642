"""When mappings are configured, what hears of it, and what is unfinished before."""
