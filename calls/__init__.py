"""The shared language of linea800: facts, states, calls and what may be asked of the switch."""
