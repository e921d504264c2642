"""What only sessions of earlier eras have, and what they do when no transaction is begun."""
