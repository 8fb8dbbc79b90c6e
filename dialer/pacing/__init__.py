"""How many people to dial now: what a policy sees, learns and decides, and the policies by name."""
