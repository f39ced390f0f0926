"""Channels: how what customers write on other systems becomes commands of a desk, and back."""
