"""The nouns of corcal: frozen types that every other part speaks. Needs numpy alone."""
