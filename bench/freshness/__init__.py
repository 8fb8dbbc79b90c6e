"""How soon a supervisor sees what Asterisk told: from the event on the wire to the live stream."""
