"""Review: a reviewer looks at doubtful tiles and says what they are, by one key each."""
