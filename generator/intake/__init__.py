"""Ways in: what turns material from elsewhere, or from nowhere, into `content/`."""
