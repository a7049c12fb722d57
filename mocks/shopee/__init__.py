"""Shopee Open Platform v2: routes (HTTP), service (domain), wire (signatures) where there are any."""
