"""The files of a project: which they are, and what moving does to all of them."""
