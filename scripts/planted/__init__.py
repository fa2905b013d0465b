"""Faults that are put into a running Newsdesk on purpose, to see that the gate goes red."""
