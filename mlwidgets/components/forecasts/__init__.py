"""What the production models say of the price."""
