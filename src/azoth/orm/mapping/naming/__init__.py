"""Names in text: of classes, entities, and expressions over them."""
