"""Widgets that know only their data: attributes down, messages up."""
