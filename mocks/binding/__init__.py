"""The binding of a Shopee shop to a WeCom corp: parties, their check, grants, message rules, cards and the push log."""
