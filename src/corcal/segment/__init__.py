"""Find the arteries and their calcium in the heart crop."""
