"""WeCom: routes (HTTP), service (domain), wire (signatures) where there are any."""
