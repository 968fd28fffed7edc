"""The noisy channel: what could have happened to a word, and the language model that decides in context."""
