"""Kills, and disks that fill up, at every point of what a library does; and what is there afterwards."""
