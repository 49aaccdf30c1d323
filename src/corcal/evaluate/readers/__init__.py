"""The reader study: blinded forms out, ratings in, and how far the readers agree (Table 2)."""
