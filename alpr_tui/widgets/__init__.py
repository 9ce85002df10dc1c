"""Parts of screens that are used again or have a drawing of their own."""
