"""The Channels shop (视频号小店): products, orders, after-sale, coupons and complaints, under the official account's token."""
