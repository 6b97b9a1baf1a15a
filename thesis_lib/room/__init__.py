"""The listening room: one widget that shows, plays and compares sounds by their vectors."""
