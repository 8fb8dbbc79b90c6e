"""A phone world in virtual time: people, trunks, machines and agents, all drawn by a seed."""
