"""The networks, their heads and losses, and what is done with trained weights."""
