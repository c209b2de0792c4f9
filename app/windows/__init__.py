"""Windows and their actions."""
