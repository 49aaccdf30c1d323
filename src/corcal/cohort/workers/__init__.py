"""Workers: processes that keep their models and score one case after the other."""
