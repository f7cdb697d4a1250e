"""Choosing records: chips, a search field and the bar that holds them."""
