"""`python -m linea800` is the command `linea800`."""

from linea800.cli import app

app()
