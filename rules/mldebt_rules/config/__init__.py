"""Configuration: keys, thresholds and lists."""
