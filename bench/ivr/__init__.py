"""Proofs of the 0800 line on a real Asterisk: real SIP calls, real keys, real audio."""
