"""Cards (卡券): `card` and `codes` are state, `parsing` and `screening` say what may be created, the rest is what can be asked and told."""
