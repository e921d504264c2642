"""What mappings of base and derived classes have to do with each other."""
