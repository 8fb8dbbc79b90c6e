"""How well Asterisk's AMD() tells people from machines, on greetings made here."""
