"""What stands on a mapped class: attributes that make SQL there."""
