"""Simulated traffic: SIPp as the carrier, as callers and as agents' phones."""
