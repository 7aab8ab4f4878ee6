"""The output folder on its way to a web host: only differences travel, and nothing half-sent is ever seen there."""
