"""What every dialect is made of, and where it is found."""
