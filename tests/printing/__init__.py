"""Official forms laid out as documents of every format, with the hazards that published ones show."""
