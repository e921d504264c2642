"""Small things of others' that have no place in azoth's own house, made anew for those who import them."""
