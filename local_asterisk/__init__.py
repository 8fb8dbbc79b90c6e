"""A local Asterisk: got without root, configured from the floor, started and stopped."""
