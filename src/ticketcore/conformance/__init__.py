"""The conformance kit: what shows that a storage keeps the contract of `ticketcore.storage.protocols`."""
