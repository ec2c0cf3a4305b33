"""Hidden states and what they remember.

``collect`` gathers the hidden states of a network over many sequences.  The finite-state
route tells them apart by their future behaviour alone (query learning with the network as
oracle), so that it does not depend on the basis in which the network happens to store them.
"""

__all__: list[str] = []
