"""Running things: the network engine and child processes."""
