"""Several readers with several systems, such as without and with software, on the same cases."""
