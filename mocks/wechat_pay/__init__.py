"""WeChat Pay: API v3 with its signatures and notices, and the legacy XML beside it."""
