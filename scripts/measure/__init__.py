"""What ``scripts/bench.py`` and ``scripts/bench_peers.py`` measure with, and how their figures are told."""
