"""A call center at work on one machine: real Asterisk, real SIP calls, simulated people."""

from linea800.demo.play import show
from linea800.demo.summary import Summary, print_summary

__all__ = ["Summary", "print_summary", "show"]
