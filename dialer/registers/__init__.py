"""Files of do-not-call registers as data: bytes in, numbers and refusals out. Pure."""
