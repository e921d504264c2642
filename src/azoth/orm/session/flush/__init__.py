"""One flush, from the listeners to the plan that is carried out."""
