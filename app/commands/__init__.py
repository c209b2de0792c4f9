"""What the actions do. Each module connects the actions of one matter to whoever can do them."""
