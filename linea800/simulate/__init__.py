"""What a campaign will give before one call is made: a world, policies, and what comes of them."""
