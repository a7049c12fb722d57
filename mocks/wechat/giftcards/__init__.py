"""Gift cards (礼品卡): the pages that sell them, orders, and the cards on their way from buyers to friends."""
