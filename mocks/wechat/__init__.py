"""WeChat official accounts and cards: routes (HTTP), service (domain), wire (signatures) where there are any."""
