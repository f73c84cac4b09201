"""The data set: FER2013, its votes, press faces, and what teachers say of them."""
