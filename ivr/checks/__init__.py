"""The linter of menus: everything that is wrong in a file, at once, with its line."""
