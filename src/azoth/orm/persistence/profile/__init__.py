"""What is constant about writing a mapped class: columns, keys, rules, relationships."""
