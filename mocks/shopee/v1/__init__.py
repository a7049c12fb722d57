"""Shopee's first interface, /api/v1: what old clients still speak. The shop behind it is the same as that of v2."""
