"""From changes to a plan: graphs of tables and rows, order, steps, and what is shown of them."""
