"""The tasks that networks learn: batches drawn from cases, and the loss on them."""
