"""Newsdesk's terminal app: it iterates the events of the engine's verbs and shows them."""
