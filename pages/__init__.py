"""The pages of the explorer: each reads the selection, calls the core once, and draws."""
