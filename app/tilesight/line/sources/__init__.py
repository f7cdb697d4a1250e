"""Where frames come from: one Protocol, several sources."""
